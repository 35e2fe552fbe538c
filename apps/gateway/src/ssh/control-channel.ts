import { splitCommands } from '@hoptrace/shell'
import type { Connection, ServerChannel } from 'ssh2'
import type { Presented } from '../access/access-control.ts'
import type { Origin, SshControl } from './authentication.ts'

/** `ssh hoptrace@gateway run …`: each exec is one command of the gateway's own; nothing else is offered. */
export function serveControl(connection: Connection, control: SshControl, presented: Presented, origin: Origin): void {
  connection.on('session', (accept) => {
    const session = accept()
    session.on('pty', (acceptPty) => acceptPty?.())
    session.on('exec', (acceptExec, _reject, { command }) => {
      void run(acceptExec(), control, command, presented, origin)
    })
    session.on('shell', (acceptShell) =>
      finish(acceptShell(), { stdout: '', stderr: 'Hoptrace: name a command, such as `run list`\n', status: 2 }),
    )
  })
}

async function run(channel: ServerChannel, control: SshControl, command: string, presented: Presented, origin: Origin): Promise<void> {
  const args = splitCommands(command)[0]?.words.map((word) => word.text) ?? []
  finish(channel, await control.run(args, presented, origin))
}

function finish(channel: ServerChannel, answer: { stdout: string; stderr: string; status: number }): void {
  if (answer.stderr) channel.stderr.write(answer.stderr)
  if (answer.stdout) channel.write(answer.stdout)
  channel.exit(answer.status)
  channel.end()
}
