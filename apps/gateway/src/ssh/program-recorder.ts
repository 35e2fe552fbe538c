import { isUtf8 } from 'node:buffer'
import { type EventBody, encodeBytes } from '@hoptrace/events'
import { appendPivots, inputReaderOf, pivotsInLine } from '../pivots/index.ts'
import { commandObservables } from '../terminal/command-observables.ts'
import type { ChannelRecorder } from '../terminal/emit.ts'
import type { ScanBudget } from '../terminal/scan-allowance.ts'
import { type TerminalContext, TerminalRecorder } from '../terminal/terminal-recorder.ts'
import type { BridgeParts } from './bridged-channel.ts'
import { readScpCommand } from './scp-command.ts'
import { ScpRecorder } from './scp-recorder.ts'
import { SftpRecorder } from './sftp-recorder.ts'

export type Pty = EventBody<'ssh.exec'>['pty']

/** Records that a program is asked for, and gives the recorder of its bytes. */
export class ProgramRecorders {
  constructor(
    private readonly channel: number,
    private readonly parts: BridgeParts,
    private readonly budget: ScanBudget,
  ) {}

  shell(pty: Pty): ChannelRecorder {
    this.parts.emit('ssh.exec', { channel: this.channel, command: null, pty })
    return this.terminal(pty, pivotsInLine)
  }

  exec(bytes: Buffer, pty: Pty): ChannelRecorder {
    const command = bytes.toString('utf8')
    const raw = isUtf8(bytes) ? {} : { bytes: encodeBytes(bytes) }
    const found = commandObservables(this.parts.recording.digestKey, command, '/command')
    const event = this.parts.emit('ssh.exec', { channel: this.channel, command, ...raw, pty }, found)
    appendPivots(this.parts.emit, this.parts.recording.digestKey, { event, at: '/command' }, pivotsInLine(command))
    const scp = pty === null ? readScpCommand(command) : null
    return scp
      ? new ScpRecorder(this.channel, scp, this.parts.emit, this.terminal(null, null))
      : this.terminal(pty, inputReaderOf(command, pty !== null))
  }

  sftp(): ChannelRecorder {
    return new SftpRecorder(this.channel, this.parts.emit, this.terminal(null, null))
  }

  private terminal(pty: Pty, pivotsIn: TerminalContext['pivotsIn']): ChannelRecorder {
    const { digestKey: key } = this.parts.recording
    const context = { channel: this.channel, key, budget: this.budget, isPty: pty !== null, pivotsIn }
    return new TerminalRecorder(context, this.parts.emit)
  }
}
