import type { Connection, ServerChannel } from 'ssh2'
import { DisconnectReason } from './messages.ts'
import type { Transport } from './transport.ts'

/** As ssh itself exits when it cannot connect. */
const CONNECTION_FAILED = 255

/**
 * Tells an authenticated caller why there is no session: on the stderr of its first program, with exit status 255;
 * a caller that runs none (`ssh -N`) is told in the disconnect message.
 */
export function sayLastWords(connection: Connection, transport: Transport, message: string, patienceMs: number): void {
  const text = `Hoptrace: ${message}`
  const timer = setTimeout(() => transport.disconnect(DisconnectReason.serviceNotAvailable, text), patienceMs)
  const say = (channel: ServerChannel) => {
    channel.on('close', () => transport.disconnect(DisconnectReason.byApplication, text))
    channel.stderr.write(`${text}\r\n`)
    channel.exit(CONNECTION_FAILED)
    channel.end()
  }
  transport.socket.once('close', () => clearTimeout(timer))
  connection.on('session', (accept) => {
    const session = accept()
    session.on('pty', (acceptPty) => acceptPty?.())
    session.on('exec', (acceptExec) => say(acceptExec()))
    session.on('shell', (acceptShell) => say(acceptShell()))
    session.on('subsystem', (acceptSubsystem) => say(acceptSubsystem()))
  })
  transport.giveBack()
}
