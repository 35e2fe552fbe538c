import type { EventBody } from '@hoptrace/events'
import { quotedLine } from '@hoptrace/shell'
import type { EventLog, UpgradeTap } from '../http/index.ts'
import { closeFrame, OPCODE } from '../http/web-socket-frames.ts'
import { appendPivots, inputReaderOf, pivotsInLine } from '../pivots/index.ts'
import type { Emit } from '../terminal/emit.ts'
import type { ScanBudget } from '../terminal/scan-allowance.ts'
import { TerminalRecorder } from '../terminal/terminal-recorder.ts'
import type { ExecAsked } from './exec-asked.ts'
import { Channel, type ChannelPart, ChannelReader, type ExecStatus } from './exec-channels.ts'
import { execObservables } from './exec-observables.ts'
import { OutputRun } from './output-run.ts'
import { failure } from './status.ts'
import { binaryFrame, type Frame, WholeFrames } from './whole-frames.ts'

export type ExecContext = {
  log: EventLog
  /** Of its session. */
  channel: number
  /** seq of its `kubernetes.request`. */
  request: number
  asked: ExecAsked
  /** That the server chose. */
  subprotocol: string
  budget: ScanBudget
}

const NO_STATUS: ExecStatus = { status: null, reason: null, message: null, exitCode: null }

/** Records an exec or an attach as a terminal session: both directions of its WebSocket, before they go on. */
export class ExecTap implements UpgradeTap {
  violation: string | null = null
  readonly messages = { toTarget: 0, toCaller: 0 }
  private readonly frames = { caller: new WholeFrames(true), target: new WholeFrames(false) }
  private readonly channels: { caller: ChannelReader; target: ChannelReader }
  private readonly terminal: TerminalRecorder
  private readonly output: OutputRun
  private readonly bytes = { stdin: 0, stdout: 0, stderr: 0 }
  private readonly emit: Emit
  private closedBy: 'caller' | 'target' | null = null
  private isEnded = false

  constructor(private readonly context: ExecContext) {
    const { log, channel, request, asked, subprotocol, budget } = context
    const version = subprotocol.startsWith('v5.') ? 5 : 4
    this.channels = { caller: new ChannelReader('caller', version), target: new ChannelReader('target', version) }
    this.emit = (type, body, found) => log.append(type, body, found)
    const command = quotedLine(asked.command)
    // What is attached to was started by others.
    const pivotsIn = asked.kind === 'attach' ? pivotsInLine : inputReaderOf(command, asked.tty)
    this.terminal = new TerminalRecorder({ channel, key: log.digestKey, budget, isPty: asked.tty, pivotsIn }, this.emit)
    this.output = new OutputRun(this.terminal)
    const event = this.emit('kubernetes.exec', { channel, request, ...asked, subprotocol }, execObservables(log.digestKey, asked))
    appendPivots(this.emit, log.digestKey, { event, at: '/command' }, pivotsInLine(command))
  }

  fromCaller(chunk: Buffer, nowUs: number): Buffer {
    return this.pass('caller', chunk, nowUs)
  }

  fromTarget(chunk: Buffer, nowUs: number): Buffer {
    const passed = this.pass('target', chunk, nowUs)
    this.output.flush()
    return passed
  }

  end(): void {
    this.terminal.end()
    this.exited(NO_STATUS)
  }

  get outcome() {
    if (this.closedBy !== null) return { isComplete: true, message: null }
    return { isComplete: false, message: 'the connection was cut off' }
  }

  lastWords(why: 'violation' | 'stopped', message: string) {
    const { caller, target } = this.frames
    const status = Buffer.from(JSON.stringify(failure(why === 'stopped' ? 403 : 502, why, message)))
    const told = binaryFrame(Buffer.concat([Buffer.of(Channel.error), status]))
    return {
      toCaller: target.isBetweenMessages ? Buffer.concat([told, closeFrame(1000, '', false)]) : null,
      toTarget: caller.isBetweenMessages ? closeFrame(1001, '', true) : null,
    }
  }

  private pass(from: 'caller' | 'target', chunk: Buffer, nowUs: number): Buffer {
    const passed: Buffer[] = []
    for (const frame of this.frames[from].read(chunk)) {
      this.take(from, frame, nowUs)
      this.violation ??= this.channels[from].violation
      if (this.violation !== null) break
      passed.push(frame.raw)
    }
    this.violation ??= this.frames[from].violation
    const [only] = passed
    return passed.length === 1 && only ? only : Buffer.concat(passed)
  }

  private take(from: 'caller' | 'target', { kind, payload, isFirst, isFinal }: Frame, nowUs: number): void {
    if (kind === OPCODE.close) this.closedBy ??= from
    if (kind !== OPCODE.binary && kind !== OPCODE.text) return
    if (isFinal) this.messages[from === 'caller' ? 'toTarget' : 'toCaller'] += 1
    const part = this.channels[from].take(payload, isFirst, isFinal)
    if (part) this.record(part, nowUs)
  }

  private record(part: ChannelPart, nowUs: number) {
    const { channel } = this.context
    if (part.kind === 'stdout' || part.kind === 'stderr') {
      this.bytes[part.kind] += part.bytes.length
      return this.output.add(part.bytes, part.kind, nowUs)
    }
    this.output.flush()
    if (part.kind === 'stdin') {
      this.bytes.stdin += part.bytes.length
      this.terminal.fromCaller(part.bytes, nowUs)
    }
    if (part.kind === 'resize') this.emit('terminal.resize', { channel, cols: part.cols, rows: part.rows })
    if (part.kind === 'status') this.exited(part.status)
  }

  // As soon as it is told: the caller learns of it after it is on record.
  private exited({ status, reason, message, exitCode }: ExecStatus): void {
    if (this.isEnded) return
    this.isEnded = true
    const { stdin, stdout, stderr } = this.bytes
    const body: EventBody<'kubernetes.exit'> = {
      channel: this.context.channel,
      exitCode,
      status,
      reason,
      message,
      stdinBytes: stdin,
      stdoutBytes: stdout,
      stderrBytes: stderr,
    }
    this.emit('kubernetes.exit', body)
  }
}
