import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

export type Sshd = {
  host: string
  port: number
  /** As `ssh-keygen -l` prints it. */
  hostKeyFingerprint: string
  user: string
  /** Private key that the server accepts, in OpenSSH's format. */
  privateKey: string
  privateKeyFile: string
  /** A directory of the server's own, removed by `stop`. */
  dir: string
  /** What the server logged so far. */
  log(): string
  /** Ends the listener and every connection. */
  stop(): Promise<void>
}

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(existsSync) ?? null

let isTold = false

/** Can a real OpenSSH server run here? Null, or why not, which is also said once: suites that need it are skipped. */
export function sshdIsMissing(): string | null {
  const reason = !SSHD ? 'there is no sshd here' : process.getuid?.() === 0 ? null : 'sshd needs root to open sessions'
  if (reason !== null && !isTold) console.warn(`Suites that need OpenSSH's server are skipped: ${reason}`)
  isTold = true
  return reason
}

/** Starts OpenSSH's sshd on loopback with keys of its own, in a temporary directory. */
export async function startSshd(options: { host?: string; config?: string[] } = {}): Promise<Sshd> {
  if (!SSHD) throw new Error('there is no sshd here')
  const host = options.host ?? '127.0.0.1'
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-sshd-'))
  // The privilege separation directory that Debian's service would have made.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const hostKey = generateKey(dir, 'host')
  const userKey = generateKey(dir, 'user')
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(`${userKey}.pub`))
  const port = await freePort(host)
  writeFileSync(join(dir, 'sshd_config'), configOf(dir, host, port, hostKey, options.config ?? []))
  const sshd = spawn(SSHD, ['-D', '-f', join(dir, 'sshd_config'), '-E', join(dir, 'sshd.log')], { stdio: 'ignore', detached: true })
  const stop = () => stopSshd(sshd, dir)
  await answers(host, port, sshd)
  return {
    host,
    port,
    hostKeyFingerprint: fingerprintOf(hostKey),
    user: userInfo().username,
    privateKey: readFileSync(userKey, 'utf8'),
    privateKeyFile: userKey,
    dir,
    log: () => readFileSync(join(dir, 'sshd.log'), 'utf8'),
    stop,
  }
}

function configOf(dir: string, host: string, port: number, hostKey: string, more: string[]): string {
  return [
    `ListenAddress ${host}`,
    `Port ${port}`,
    `HostKey ${hostKey}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AllowAgentForwarding yes',
    'X11Forwarding no',
    'AcceptEnv LANG LC_* HOPTRACE_*',
    'Subsystem sftp internal-sftp',
    'MaxStartups 500',
    'MaxSessions 500',
    'LogLevel VERBOSE',
    ...more,
    '',
  ].join('\n')
}

function generateKey(dir: string, name: string): string {
  const file = join(dir, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `hoptrace ${name}`, '-f', file])
  return file
}

function fingerprintOf(keyFile: string): string {
  return execFileSync('ssh-keygen', ['-l', '-f', `${keyFile}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? ''
}

async function answers(host: string, port: number, sshd: ChildProcess): Promise<void> {
  for (;;) {
    if (sshd.exitCode !== null) throw new Error(`sshd ended with status ${sshd.exitCode}`)
    if (await doesAnswer(host, port)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function doesAnswer(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('data', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.on('data', () => socket.destroy())
  })
}

async function stopSshd(sshd: ChildProcess, dir: string): Promise<void> {
  const ended = new Promise<void>((resolve) => sshd.once('exit', () => resolve()))
  if (sshd.exitCode === null && sshd.signalCode === null && sshd.pid !== undefined) {
    // Each connection is a process of a session of its own, so the group alone would leave them.
    // From the top: a program that went first would look as if it had ended by itself.
    for (const pid of [sshd.pid, ...descendantsOf(sshd.pid)]) kill(pid)
    await ended
  }
  rmSync(dir, { recursive: true, force: true })
}

function descendantsOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  const children = existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : []
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
}
