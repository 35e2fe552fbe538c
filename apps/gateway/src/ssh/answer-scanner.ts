import { isUtf8 } from 'node:buffer'
import { type DigestKey, type FoundObservables, Observer, SCAN_LIMIT, scanText } from '@hoptrace/events'
import { blankEscapes } from './blank-escapes.ts'

/** What one session may still have scanned, over all its channels: a long session must not cost without end. */
export type ScanBudget = { bytes: number }
export const SESSION_SCAN_BYTES = 64 * 1024 * 1024

/** Finds the observables of one stream of answers: the first 256 KiB of each answer, nothing after. */
export class AnswerScanner {
  private left = SCAN_LIMIT
  /** The last word of the piece before: a value may lie across two pieces. */
  private lastWord = ''

  constructor(
    private readonly key: DigestKey,
    private readonly budget: ScanBudget,
    private readonly isTerminal: boolean,
  ) {}

  startAnswer(): void {
    this.left = SCAN_LIMIT
  }

  scan(piece: Buffer): FoundObservables | undefined {
    const length = Math.min(piece.length, this.left, this.budget.bytes)
    if (length <= 0) return undefined
    this.left -= length
    this.budget.bytes -= length
    const raw = piece.subarray(0, length).toString('utf8')
    const text = this.isTerminal ? blankEscapes(raw) : raw
    // A piece that is not UTF-8 is recorded as base64, where no offset of its text stands.
    return this.observe(text, isUtf8(piece) ? '/data/utf8' : '')
  }

  private observe(text: string, at: string): FoundObservables {
    const observer = new Observer(this.key).text(text, 'answered', at)
    const seam = this.lastWord === '' ? '' : this.lastWord + (/^\S{1,1024}/.exec(text)?.[0] ?? '')
    for (const value of scanText(seam)) observer.add({ ...value, offset: 0 }, 'answered', at)
    this.lastWord = lastWordOf(text)
    return observer.result()
  }
}

// Walked from the end: a pattern without an anchor would be tried at each character of every piece.
function lastWordOf(text: string): string {
  const first = Math.max(0, text.length - 1024)
  let start = text.length
  while (start > first && !/\s/.test(text.charAt(start - 1))) start -= 1
  return text.slice(start)
}
