import { isUtf8 } from 'node:buffer'
import { type DigestKey, type FoundObservables, Observer, scanText } from '@hoptrace/events'
import { blankEscapes } from './blank-escapes.ts'
import { ScanAllowance, type ScanBudget, type Scanned } from './scan-allowance.ts'

/** Finds the observables of one stream of answers, as far as its allowance goes. */
export class AnswerScanner {
  private readonly allowance: ScanAllowance
  /** The last word of the piece before: a value may lie across two pieces. */
  private lastWord = ''

  constructor(
    private readonly key: DigestKey,
    budget: ScanBudget,
    private readonly isTerminal: boolean,
  ) {
    this.allowance = new ScanAllowance(budget)
  }

  startAnswer(): void {
    this.allowance.renew()
  }

  /** Is nothing more of this answer scanned? */
  get isThrough(): boolean {
    return this.allowance.isOver
  }

  scan(piece: Buffer): Scanned & { found?: FoundObservables } {
    const scanned = this.allowance.take(piece.length)
    if (scanned.bytes === 0) return scanned
    const raw = piece.subarray(0, scanned.bytes).toString('utf8')
    const text = this.isTerminal ? blankEscapes(raw) : raw
    // A piece that is not UTF-8 is recorded as base64, where no offset of its text stands.
    return { ...scanned, found: this.observe(text, isUtf8(piece) ? '/data/utf8' : '') }
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
