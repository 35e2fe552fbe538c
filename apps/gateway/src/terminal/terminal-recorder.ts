import { type DigestKey, encodeBulk, encodeBytes, type FoundObservables, Observer } from '@hoptrace/events'
import { AnswerScanner } from './answer-scanner.ts'
import { observeCommand } from './command-observables.ts'
import { EchoJudge } from './echo-judge.ts'
import type { ChannelRecorder, Emit } from './emit.ts'
import { piecesOf } from './pieces.ts'
import { ScanAllowance, type ScanBudget, type Scanned } from './scan-allowance.ts'
import { type FinishedLine, TypedLine } from './typed-line.ts'

export type TerminalContext = { channel: number; key: DigestKey; budget: ScanBudget; isPty: boolean }

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

  constructor(
    private readonly context: TerminalContext,
    private readonly emit: Emit,
  ) {
    const { key, budget, isPty } = context
    this.scanners = { stdout: new AnswerScanner(key, budget, isPty), stderr: new AnswerScanner(key, budget, isPty) }
    this.piped = new ScanAllowance(budget)
  }

  fromTarget(bytes: Buffer, stream: 'stdout' | 'stderr', _nowUs: number): void {
    if (this.context.isPty) this.echo.shown(bytes)
    if (bytes.length >= BULK_FROM && this.scanners[stream].isThrough) {
      this.recordBulk(bytes, stream)
      return
    }
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
      const { found, search } = this.context.isPty
        ? { found: this.observeTyped(piece, isEchoed), search: undefined }
        : this.observePiped(piece)
      this.emit(
        'terminal.input',
        { channel: this.context.channel, data: encodeBytes(piece), isEchoed, ...(search ? { search } : {}) },
        found,
      )
    }
  }

  end(): void {}

  private observeTyped(piece: Buffer, isEchoed: boolean): FoundObservables | undefined {
    const lines = this.line.take(piece, isEchoed)
    if (piece.includes(CARRIAGE_RETURN)) this.scanners.stdout.startAnswer()
    if (lines.length === 0) return undefined
    const observer = new Observer(this.context.key)
    for (const line of lines) observeLine(observer, line)
    return observer.result()
  }

  private observePiped(piece: Buffer): Scanned & { found?: FoundObservables } {
    const scanned = this.piped.take(piece.length)
    if (scanned.bytes === 0) return scanned
    const text = piece.subarray(0, scanned.bytes).toString('utf8')
    return { ...scanned, found: new Observer(this.context.key).text(text, 'asked', '/data/utf8').result() }
  }
}

// A line typed key by key stands in no single event, so its values point at no field.
function observeLine(observer: Observer, line: FinishedLine): void {
  if (line.isSecret) observer.presented(line.text)
  else observeCommand(observer, line.text, line.isWithinOneInput && line.offset === 0 ? '/data/utf8' : '')
}
