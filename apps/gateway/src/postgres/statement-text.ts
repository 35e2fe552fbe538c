import { isUtf8 } from 'node:buffer'
import { type Bytes, type DigestKey, encodeBytes, type FoundObservables, Observer, type Truncation } from '@hoptrace/events'
import { type SqlPivot, type SqlPivots, splitStatements, statementKind, tablesOf } from '@hoptrace/sql'
import { fitText, fitTextEnd, jsonSize, wholeCharacters } from './budget.ts'

/** A statement's text in encoded JSON takes at most this many bytes. */
const TEXT_BUDGET = 256 * 1024
/** Of a statement that is not UTF-8 these many bytes are kept, beside the text that can be read of it. */
const RAW_LIMIT = 128 * 1024
const RAW_TEXT_BUDGET = 96 * 1024
/** Of the base64 of a tail, 43 KiB, and of its text. */
const TAIL_BUDGET = 40 * 1024
const RAW_TAIL_BUDGET = 24 * 1024
const MAX_PARTS = 2000
const MAX_TABLES = 64
/** Longer texts are analysed each time. */
const CACHED_LENGTH = 1024
const CACHE_ENTRIES = 2000
const NO_PIVOTS: readonly SqlPivot[] = []

export type StatementText = { text: string; truncated?: Truncation; raw?: Bytes; cut?: CutText }
/** What is kept of a text besides its start. */
export type CutText = {
  /** First keyword of the whole text. */
  keyword: string
  tail: { sha256?: string; tail: string; tailFrom: number; tailRaw?: Bytes }
}
export type Analysis = {
  kind: string
  tables: string[]
  parts?: [number, number][]
  /** Values in the text; null for none, so that nothing is done for them again. */
  found: FoundObservables | null
  /** Where it makes the database itself go. */
  pivots: readonly SqlPivot[]
}

/** Reads a statement that takes `total` bytes on the wire, of which `bytes[start, end)` is the start. */
export function readStatement(bytes: Buffer, start: number, end: number, total: number): StatementText {
  const isCut = end - start < total
  const textEnd = isCut ? wholeCharacters(bytes, start, end) : end
  const text = bytes.toString('utf8', start, textEnd)
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, textEnd))) return rawStatement(bytes, start, end, text, total)
  const kept = fitText(text, TEXT_BUDGET)
  if (!isCut && kept.length === text.length) return { text }
  return { text: kept, truncated: { kept: Buffer.byteLength(kept), total } }
}

function rawStatement(bytes: Buffer, start: number, end: number, text: string, total: number): StatementText {
  const rawEnd = Math.min(end, start + RAW_LIMIT)
  const raw = encodeBytes(Buffer.from(bytes.subarray(start, rawEnd)))
  const kept = fitText(text, RAW_TEXT_BUDGET)
  const isWhole = rawEnd - start === total && kept.length === text.length
  return { text: kept, raw, ...(isWhole ? {} : { truncated: { kept: rawEnd - start, total } }) }
}

/** The last bytes of a text: as text where it is all of them and fits, else the bytes too. */
export function readTail(bytes: Buffer): { tail: string; tailRaw?: Bytes } {
  const text = bytes.toString('utf8')
  if (isUtf8(bytes) && jsonSize(text) <= TAIL_BUDGET) return { tail: text }
  return { tail: fitTextEnd(text, RAW_TAIL_BUDGET), tailRaw: { base64: bytes.toString('base64') } }
}

/** Finds the observables in what is kept of a statement. */
export function observeStatement(observer: Observer, { text, cut }: StatementText): Observer {
  observer.text(text, 'asked', '/text')
  return cut ? observer.text(cut.tail.tail, 'asked', '/tail') : observer
}

/**
 * What a statement does and names. Texts that differ only in whole numbers share one analysis: a number alone is neither a name nor an
 * observable. The cache holds nothing of texts with observables or pivots, and is emptied when full.
 */
export class StatementAnalyser {
  private readonly cache = new Map<string, Analysis>()

  /** @param pivots null where nobody looks for them */
  constructor(
    private readonly key: DigestKey,
    private readonly pivots: SqlPivots | null,
  ) {}

  analyse(text: string): Analysis {
    if (text.length > CACHED_LENGTH) return this.examine(text)
    const shape = text.replace(WHOLE_NUMBER, '0')
    const known = this.cache.get(shape)
    if (known) return known
    const analysis = this.examine(text)
    if (analysis.found === null && analysis.parts === undefined && analysis.pivots.length === 0) this.remember(shape, analysis)
    return analysis
  }

  analyseStatement(statement: StatementText): Analysis {
    return statement.cut ? this.examineCut(statement, statement.cut) : this.analyse(statement.text)
  }

  private examineCut(statement: StatementText, { keyword, tail }: CutText): Analysis {
    const found = observeStatement(new Observer(this.key), statement).result()
    const tables = new Set([...tablesOf(statement.text), ...tablesOf(tail.tail)])
    return {
      ...this.examine(statement.text),
      kind: keyword === 'WITH' ? statementKind(statement.text) || keyword : keyword,
      tables: [...tables].slice(0, MAX_TABLES),
      found: found.observables.length === 0 ? null : found,
    }
  }

  private remember(shape: string, analysis: Analysis): void {
    if (this.cache.size >= CACHE_ENTRIES) this.cache.clear()
    this.cache.set(shape, analysis)
  }

  private examine(text: string): Analysis {
    const found = new Observer(this.key).text(text, 'asked', '/text').result()
    const parts = splitStatements(text)
    return {
      kind: statementKind(text),
      tables: tablesOf(text),
      found: found.observables.length === 0 ? null : found,
      pivots: this.pivots?.in(text) ?? NO_PIVOTS,
      ...(parts.length > 1 ? { parts: parts.slice(0, MAX_PARTS) } : {}),
    }
  }
}

// Between space, brackets, commas and semicolons, so that no part of a name, an address or a string is taken for one.
const WHOLE_NUMBER = /(?<=[\s(,])-?\d+(?=[\s),;]|$)/g
