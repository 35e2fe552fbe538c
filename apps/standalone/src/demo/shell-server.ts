import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { type IPty, spawn as spawnPty } from '@lydell/node-pty'
import ssh2, { type AuthContext, type Connection, type PseudoTtyInfo, type ServerChannel, type Session } from 'ssh2'

export type ShellServer = { port: number; hostKeyFingerprint: string; close(): Promise<void> }
export type ShellAccount = { user: string; password: string; home: string; hostName: string }

/** An SSH server with a real shell in a directory of its own: the demo's bastion. For loopback only; it isolates nothing. */
export async function startShellServer(host: string, account: ShellAccount): Promise<ShellServer> {
  const { private: hostKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519')
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => serve(connection, account))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return {
    port: (server.address() as AddressInfo).port,
    hostKeyFingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function serve(connection: Connection, account: ShellAccount): void {
  connection.on('error', () => connection.end())
  connection.on('authentication', (context: AuthContext) => {
    if (context.method === 'password' && context.username === account.user && context.password === account.password) context.accept()
    else context.reject(['password'])
  })
  connection.on('session', (accept) => serveSession(accept(), account))
}

function serveSession(session: Session, account: ShellAccount): void {
  let pty: PseudoTtyInfo | null = null
  let terminal: IPty | null = null
  session.on('pty', (accept, _reject, info) => {
    pty = info
    accept?.()
  })
  session.on('window-change', (_accept, _reject, { cols, rows }) => terminal?.resize(cols, rows))
  session.on('shell', (accept) => {
    terminal = openTerminal(accept(), account, pty, [])
  })
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept()
    if (pty) terminal = openTerminal(channel, account, pty, ['-c', command])
    else runCommand(channel, account, command)
  })
}

function openTerminal(channel: ServerChannel, account: ShellAccount, pty: PseudoTtyInfo | null, args: string[]): IPty {
  const terminal = spawnPty('bash', ['--norc', '--noprofile', ...args], {
    name: 'xterm-256color',
    cols: pty?.cols || 80,
    rows: pty?.rows || 24,
    cwd: account.home,
    env: environmentOf(account),
    encoding: null,
  })
  terminal.onData((bytes) => channel.write(bytes))
  channel.on('data', (bytes: Buffer) => terminal.write(bytes.toString('utf8')))
  channel.on('close', () => terminal.kill())
  terminal.onExit(({ exitCode }) => {
    channel.exit(exitCode)
    channel.end()
  })
  return terminal
}

function runCommand(channel: ServerChannel, account: ShellAccount, command: string): void {
  const child = spawn('bash', ['--norc', '--noprofile', '-c', command], { cwd: account.home, env: environmentOf(account) })
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code) => {
    channel.exit(code ?? 255)
    channel.end()
  })
}

function environmentOf({ user, home, hostName }: ShellAccount): Record<string, string> {
  const prompt = `\\[\\e[1;32m\\]${user}@${hostName.split('.')[0]}\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]$ `
  return {
    HOME: home,
    USER: user,
    LOGNAME: user,
    HOSTNAME: hostName,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    PS1: prompt,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
  }
}
