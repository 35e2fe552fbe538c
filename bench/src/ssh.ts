import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SpoolTail } from '@hoptrace/bus'
import { decodeBytes, decodeEvent } from '@hoptrace/events'
import { sshdIsMissing, startSshd } from '@hoptrace/testing'
import { startGateway } from './gateway-process.ts'
import { memoryOf, stopProcess } from './processes.ts'
import { median, type Row } from './table.ts'

const BYTES = 500 * 1024 * 1024
const ROUNDS = 3

/** `ssh host cat` of a large file, direct and through the gateway in turns, with OpenSSH's own choice of ciphers on both. */
export async function benchSsh(): Promise<Row[]> {
  const missing = sshdIsMissing()
  if (missing) return [{ figure: 'ssh cat of 500 MB', value: 'not measured', note: missing }]
  const sshd = await startSshd()
  const file = join(sshd.dir, 'large')
  const sha256 = writeLarge(file)
  const target = {
    name: 'box',
    protocol: 'ssh' as const,
    address: `127.0.0.1:${sshd.port}`,
    account: sshd.user,
    hostKeys: [sshd.hostKeyFingerprint],
    privateKey: { file: sshd.privateKeyFile },
  }
  const gateway = await startGateway([target], {})
  const direct = ['-i', sshd.privateKeyFile, '-p', `${sshd.port}`, `${sshd.user}@127.0.0.1`]
  const through = ['-p', `${gateway.sshPort}`, '-l', `${sshd.user}:box`, '127.0.0.1']
  const took = { direct: [] as number[], gateway: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    took.direct.push(await cat(direct, file, null))
    took.gateway.push(await cat(through, file, gateway.token))
  }
  const { peakMiB } = memoryOf(gateway.child)
  await stopProcess(gateway.child)
  await sshd.stop()
  const recorded = await recordedOutput(join(gateway.dataDir, 'spool'))
  const rate = (seconds: number[]) => `${(BYTES / 1e6 / median(seconds)).toFixed(0)} MB/s`
  return [
    {
      figure: 'ssh cat of 500 MB, gateway ÷ direct',
      value: `${rate(took.gateway)}, direct ${rate(took.direct)}`,
      ratio: median(took.direct.map((seconds, i) => seconds / (took.gateway[i] ?? Number.NaN))),
      bound: { atLeast: 0.85 },
      note: `gateway peak ${peakMiB.toFixed(0)} MiB`,
    },
    {
      figure: "recorded outputs with the file's SHA-256 ÷ outputs",
      value: `${recorded.filter((digest) => digest === sha256).length} of ${ROUNDS}`,
      ratio: recorded.filter((digest) => digest === sha256).length / ROUNDS,
      bound: { atLeast: 1 },
    },
  ]
}

// Base64: incompressible enough, and text as a terminal's output is.
function writeLarge(file: string): string {
  const block = Buffer.from(randomBytes(768 * 1024).toString('base64'))
  const content = Buffer.concat(Array.from({ length: BYTES / block.length }, () => block))
  writeFileSync(file, content)
  return createHash('sha256').update(content).digest('hex')
}

function cat(at: readonly string[], file: string, password: string | null): Promise<number> {
  const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const askpass =
    password === null
      ? {}
      : { SSH_ASKPASS: join(import.meta.dirname, '../askpass.sh'), SSH_ASKPASS_REQUIRE: 'force', BENCH_TOKEN: password }
  const from = performance.now()
  const child = spawn('ssh', [...options, ...at, `cat ${file}`], {
    env: { ...process.env, ...askpass },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let bytes = 0
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 && bytes === BYTES
        ? resolve((performance.now() - from) / 1000)
        : reject(new Error(`ssh ended with ${code} after ${bytes} bytes`)),
    )
  })
}

/** SHA-256 of each session's output, put together again from its events. */
async function recordedOutput(spool: string): Promise<string[]> {
  const outputs = new Map<string, ReturnType<typeof createHash>>()
  const tail = new SpoolTail({ directory: spool, name: 'bench', keepSegments: null })
  tail.start(async (batch) => {
    for (const { value } of batch) {
      const decoded = decodeEvent(value)
      if (decoded.kind !== 'event' || decoded.event.type !== 'terminal.output') continue
      const output = outputs.get(decoded.event.sessionId) ?? createHash('sha256')
      outputs.set(decoded.event.sessionId, output.update(decodeBytes(decoded.event.body.data)))
    }
  })
  await tail.caughtUp()
  await tail.stop()
  return [...outputs.values()].map((output) => output.digest('hex'))
}
