import { type DigestKey, encodeBulk, encodeBytes, type FoundObservables, Observer } from '@hoptrace/events'
import { appendPivots, type NamedPivot } from '../pivots/index.ts'
import { AnswerScanner } from './answer-scanner.ts'
import { observeCommand } from './command-observables.ts'
import { EchoJudge } from './echo-judge.ts'
import type { ChannelRecorder, Emit } from './emit.ts'
import { EnteredCommands } from './entered-commands.ts'
import { piecesOf } from './pieces.ts'
import { PipedCommands } from './piped-commands.ts'
import { ScanAllowance, type ScanBudget, type Scanned } from './scan-allowance.ts'
import { type FinishedLine, TypedLine } from './typed-line.ts'

export type TerminalContext = {
  channel: number
  key: DigestKey
  budget: ScanBudget
  isPty: boolean
  /** Reads the pivots from a command that is entered; null where what is put in is no commands. */
  pivotsIn: ((command: string) => NamedPivot[]) | null
}

const CARRIAGE_RETURN = 0x0d
/** Smaller pieces stay text that a reader can make out. */
const BULK_FROM = 8 * 1024
/** As base64 it takes a third more, and an event is below 512 KiB. */
const BULK_PIECE_BYTES = 256 * 1024

/**
 * Records the bytes of an exec or a shell, whole and unchanged.
 * `isEchoed` is claimed for terminals only: what is piped into a command's stdin is echoed by nobody.
 */
export class TerminalRecorder implements ChannelRecorder {
  private readonly scanners: Record<'stdout' | 'stderr', AnswerScanner>
  private readonly echo = new EchoJudge()
  private readonly line = new TypedLine()
  private readonly piped: ScanAllowance
  private readonly entered: EnteredCommands | null
  private readonly pipedCommands: PipedCommands | null

  constructor(
    private readonly context: TerminalContext,
    private readonly emit: Emit,
  ) {
    const { key, budget, isPty, pivotsIn } = context
    const onCommand = pivotsIn && ((command: string, event: number) => appendPivots(emit, key, { event, at: '' }, pivotsIn(command)))
    this.entered = isPty && onCommand ? new EnteredCommands(onCommand) : null
    this.pipedCommands = !isPty && onCommand ? new PipedCommands(onCommand) : null
    this.scanners = { stdout: new AnswerScanner(key, budget, isPty), stderr: new AnswerScanner(key, budget, isPty) }
    this.piped = new ScanAllowance(budget)
  }

  fromTarget(bytes: Buffer, stream: 'stdout' | 'stderr', _nowUs: number): void {
    if (this.context.isPty) this.echo.shown(bytes)
    this.recordOutput(bytes, stream)
    this.entered?.shows(bytes)
  }

  private recordOutput(bytes: Buffer, stream: 'stdout' | 'stderr') {
    if (bytes.length >= BULK_FROM && this.scanners[stream].isThrough) return this.recordBulk(bytes, stream)
    for (const piece of piecesOf(bytes)) {
      const { found, search } = this.scanners[stream].scan(piece)
      // Members in canonical order: the encoder need not sort a large body.
      const body = { channel: this.context.channel, data: encodeBytes(piece), ...(search ? { search } : {}), stream }
      this.emit('terminal.output', body, found)
    }
  }

  // Far into a large answer nobody searches: it is kept whole, at the least cost.
  private recordBulk(bytes: Buffer, stream: 'stdout' | 'stderr'): void {
    for (let at = 0; at < bytes.length; at += BULK_PIECE_BYTES) {
      const data = encodeBulk(bytes.subarray(at, at + BULK_PIECE_BYTES))
      this.emit('terminal.output', { channel: this.context.channel, data, stream })
    }
  }

  fromCaller(bytes: Buffer, nowUs: number): void {
    const isEchoed = this.context.isPty && this.echo.typed(bytes, nowUs)
    for (const piece of piecesOf(bytes)) {
      if (this.context.isPty) this.typed(piece, isEchoed)
      else this.pipedIn(piece)
    }
  }

  end(): void {
    this.entered?.end()
    this.pipedCommands?.end()
  }

  private typed(piece: Buffer, isEchoed: boolean): void {
    if (this.line.isAtStart) this.entered?.begins()
    const lines = this.line.take(piece, isEchoed)
    if (piece.includes(CARRIAGE_RETURN)) this.scanners.stdout.startAnswer()
    const observer = lines.length === 0 ? null : new Observer(this.context.key)
    if (observer) for (const line of lines) observeLine(observer, line)
    const event = this.input(piece, isEchoed, undefined, observer?.result())
    this.entered?.entered(lines, event)
  }

  private pipedIn(piece: Buffer): void {
    const scanned = this.piped.take(piece.length)
    if (scanned.bytes === 0) return void this.input(piece, false, scanned.search, undefined)
    const text = piece.subarray(0, scanned.bytes).toString('utf8')
    const found = new Observer(this.context.key).text(text, 'asked', '/data/utf8').result()
    const event = this.input(piece, false, scanned.search, found)
    this.pipedCommands?.take(text, event)
  }

  private input(piece: Buffer, isEchoed: boolean, search: Scanned['search'], found: FoundObservables | undefined): number {
    const body = { channel: this.context.channel, data: encodeBytes(piece), isEchoed, ...(search ? { search } : {}) }
    return this.emit('terminal.input', body, found)
  }
}

// A line typed key by key stands in no single event, so its values point at no field.
function observeLine(observer: Observer, line: FinishedLine): void {
  if (line.text === '') return
  if (line.isSecret) observer.presented(line.text)
  else observeCommand(observer, line.text, line.isWithinOneInput && line.offset === 0 ? '/data/utf8' : '')
}
