import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBytes, type EventOf, type EventType, type SessionEvent } from '@hoptrace/events'
import { GatewayAccess } from '../access/gateway-access.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { SshTarget } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { resolveSecret } from '../access/target-secret.ts'
import { SystemClock } from '../recording/clock.ts'
import { aSpoolDir, eventsIn, openRecordings, until } from '../recording/recordings.test-support.ts'
import type { SshTimes } from './caller-connection.ts'
import { generateHostKey } from './host-key.ts'
import { SshProxy } from './ssh-proxy.ts'

export type RanProgram = { stdout: Buffer; stderr: string; status: number | null; signal: string | null }

type Server = { host: string; port: number; user: string; privateKeyFile: string; hostKeyFingerprint: string }

type Program = 'ssh' | 'scp' | 'sftp'

/** The target that `sshd` is, as hoptrace.yaml would name it. */
export function aTarget(sshd: Server, over: Record<string, unknown> = {}): SshTarget {
  return SshTarget.parse({
    name: 'bastion',
    aliases: ['bastion.internal'],
    protocol: 'ssh',
    address: `${sshd.host}:${sshd.port}`,
    account: sshd.user,
    privateKey: { file: sshd.privateKeyFile },
    hostKeys: [sshd.hostKeyFingerprint],
    ...over,
  })
}

/** A proxy with real access control and a real spool, and OpenSSH clients for it. */
export async function startGateway(targets: SshTarget[], times: Partial<SshTimes> = {}) {
  const spool = aSpoolDir()
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-ssh-'))
  const clock = new SystemClock()
  const recordings = openRecordings(spool, { segmentBytes: 64 * 1024 * 1024 })
  const runs = new RunRegistry(new RunLog(join(dir, 'runs.log')), clock, randomBytes)
  runs.listen({
    onMinted() {},
    onRevoked: (revoked, _by, message) => void recordings.stopRuns(new Set(revoked.map((run) => run.id)), { reason: 'revoked', message }),
    onExpired() {},
  })
  const access = new GatewayAccess(runs, new TargetDirectory(targets), recordings)
  const faults: unknown[] = []
  const proxy = new SshProxy({
    hostKey: generateHostKey(),
    access,
    control: {
      isKnown: (presented) => presented.method === 'password' && runs.findByToken(presented.secret) !== null,
      run: async (args) => ({ stdout: `${JSON.stringify(args)}\n`, stderr: 'noted\n', status: 3 }),
    },
    resolveSecret: (source) => resolveSecret(source, { TARGET_PASSWORD: 'none' }),
    nowUs: () => clock.monotonicUs(),
    onFault: (fault) => faults.push(fault),
    times,
  })
  const { port } = await proxy.listen(0, '127.0.0.1')
  let isClosed = false

  const mint = (over: { forward?: boolean; grants?: string[]; sshPublicKey?: string } = {}) => {
    const names = over.grants ?? targets.map((target) => target.name)
    const grants = names.map((target) => ({ target, protocol: 'ssh' as const, ...(over.forward ? { forward: true } : {}) }))
    const request = {
      principal: 'agent-a',
      task: 'test',
      ttlSeconds: 600,
      grants,
      ...(over.sshPublicKey ? { sshPublicKey: over.sshPublicKey } : {}),
    }
    const { minted, token } = runs.mint(request, { kind: 'operator', name: 'ana' })
    if (minted.kind !== 'run') throw new Error(minted.message)
    return { run: minted.run, token }
  }

  /** Options of ssh, scp and sftp that reach the gateway; the token goes in through SSH_ASKPASS. */
  const options = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const environment = (token: string) => {
    const file = join(dir, `askpass-${randomBytes(4).toString('hex')}`)
    writeFileSync(file, `#!/bin/sh\necho '${token}'\n`, { mode: 0o700 })
    return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: dir, SSH_ASKPASS: file, SSH_ASKPASS_REQUIRE: 'force' }
  }

  const argumentsOf = (program: Program, args: string[], token: string) => {
    const auth = token === '' ? [] : ['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1']
    return [...options, ...auth, program === 'ssh' ? '-p' : '-P', String(port), ...args]
  }

  const spawnClient = (program: Program, args: string[], token: string) =>
    spawn(program, argumentsOf(program, args, token), { env: environment(token) })

  const client = (program: Program, args: string[], token: string, input: Buffer | string = '') =>
    ranBy(spawnClient(program, args, token), input)

  /** Runs ssh with a command of any bytes, which Node itself could not pass. */
  const clientWithBytes = (user: string, command: Buffer, token: string) => {
    const script = join(dir, `command-${randomBytes(4).toString('hex')}`)
    writeFileSync(script, Buffer.concat([Buffer.from('exec ssh "$@" \''), command, Buffer.from("'\n")]))
    return ranBy(spawn('sh', [script, ...argumentsOf('ssh', [user], token)], { env: environment(token) }), '')
  }

  /** What a real terminal needs to run ssh in it. */
  const inTerminal = (args: string[], token: string) => ({ args: argumentsOf('ssh', args, token), env: environment(token) })

  /** A real ssh-agent with no keys. */
  const startAgent = () => {
    const socket = join(dir, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    return { socket, stop: () => agent.kill() }
  }

  /** Waits until every session has ended by itself. */
  const idle = () => until(() => recordings.openCount === 0)

  /** Closes everything, then gives every event that was recorded, each checked against its schema and its hash. */
  const close = async (): Promise<SessionEvent[]> => {
    if (!isClosed) {
      isClosed = true
      recordings.stopAll({ reason: 'shutdown', message: 'the test is over' })
      await proxy.close()
      await recordings.close()
    }
    return eventsIn(spool)
  }

  /** What has been recorded so far. */
  const soFar = () => eventsIn(spool)

  return {
    port,
    dir,
    runs,
    recordings,
    access,
    faults,
    mint,
    client,
    clientWithBytes,
    spawnClient,
    inTerminal,
    startAgent,
    idle,
    soFar,
    close,
  }
}

function ranBy(child: ChildProcessWithoutNullStreams, input: Buffer | string): Promise<RanProgram> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve) => {
    child.on('close', (status, signal) =>
      resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), status, signal }),
    )
  })
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>

export function eventsOf<T extends EventType>(events: readonly SessionEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type)
}

/** The bytes of a stream as they were recorded. */
export function recordedOutput(events: readonly SessionEvent[], stream: 'stdout' | 'stderr'): Buffer {
  const outputs = eventsOf(events, 'terminal.output').filter((event) => event.body.stream === stream)
  return Buffer.concat(outputs.map((event) => decodeBytes(event.body.data)))
}

export function aKeyPair(dir: string): { file: string; publicKey: string } {
  const file = join(dir, `key-${randomBytes(4).toString('hex')}`)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  return { file, publicKey: readFileSync(`${file}.pub`, 'utf8') }
}
