import type { CopySample } from './copy-sample.ts'
import type { Definition, Portal, Prepared } from './definitions.ts'

/** A statement that the server has been asked to run and has not answered whole. */
export type Execution = {
  kind: 'query' | 'execute' | 'function'
  /** seq of its sql.statement. */
  seq: number
  /** The text, for what the answer's tag leaves open; of a prepared statement, its text. */
  text: string
  parts: [number, number][] | undefined
  portal: Definition<Portal> | null
  /** When it was asked, or when its previous result was complete. Microseconds. */
  sinceUs: number
  /** Results so far. */
  index: number
  /** Results of one Execute are one; a Query may bring several, none at all only by failing. */
  isAnswered: boolean
  copyIn: CopySample | null
}

/** What the server owes an answer to, in the order in which it was asked. */
export type Outstanding =
  | Execution
  | { kind: 'parse'; name: string; definition: Definition<Prepared> }
  | { kind: 'bind'; name: string; definition: Definition<Portal> }
  | { kind: 'describe'; prepared: Definition<Prepared> | null; portal: Definition<Portal> | null }
  | { kind: 'close'; name: string; prepared: Definition<Prepared> | null; portal: Definition<Portal> | null }
  | { kind: 'sync' }
  /** CopyDone or CopyFail: until here, a server that reads a COPY takes no notice of Sync. */
  | { kind: 'copyEnd' }

export const SYNC: Outstanding = { kind: 'sync' }
export const COPY_END: Outstanding = { kind: 'copyEnd' }

export function isExecution(entry: Outstanding | undefined): entry is Execution {
  return entry !== undefined && (entry.kind === 'query' || entry.kind === 'execute' || entry.kind === 'function')
}

/** Is this answered by its own ReadyForQuery? */
export function endsWithReady(entry: Outstanding): boolean {
  return entry.kind === 'query' || entry.kind === 'function' || entry.kind === 'sync'
}

/** First in, first out, without moving what waits on every take. */
export class OutstandingQueue {
  private entries: Outstanding[] = []
  private at = 0

  get length(): number {
    return this.entries.length - this.at
  }

  get head(): Outstanding | undefined {
    return this.entries[this.at]
  }

  /** The statement that was asked last and still waits. */
  get lastExecution(): Execution | undefined {
    for (let n = this.entries.length - 1; n >= this.at && n >= this.entries.length - 16; n -= 1) {
      const entry = this.entries[n]
      if (isExecution(entry)) return entry
    }
    return undefined
  }

  push(entry: Outstanding): void {
    this.entries.push(entry)
  }

  shift(): Outstanding | undefined {
    const entry = this.entries[this.at]
    if (entry === undefined) return undefined
    this.at += 1
    if (this.at === this.entries.length) {
      this.entries.length = 0
      this.at = 0
    } else if (this.at >= 1024 && this.at * 2 >= this.entries.length) {
      this.entries = this.entries.slice(this.at)
      this.at = 0
    }
    return entry
  }

  /** Takes everything before the first entry that `isEnd`; that one stays. */
  takeUntil(isEnd: (entry: Outstanding) => boolean): Outstanding[] {
    const taken: Outstanding[] = []
    while (this.head !== undefined && !isEnd(this.head)) taken.push(this.shift() as Outstanding)
    return taken
  }

  /** The first entry behind the head that `isMatch`, when no `isEnd` stands before it. */
  find(isMatch: (entry: Outstanding) => boolean, isEnd: (entry: Outstanding) => boolean): Outstanding | undefined {
    for (let n = this.at; n < this.entries.length; n += 1) {
      const entry = this.entries[n] as Outstanding
      if (isMatch(entry)) return entry
      if (isEnd(entry)) return undefined
    }
    return undefined
  }

  /**
   * Removes the Syncs between the head and the next end of a COPY, and that end.
   * @returns whether the end was there
   */
  removeCopyTail(): boolean {
    const tail = this.entries.slice(this.at + 1)
    const end = tail.indexOf(COPY_END)
    const inside = end < 0 ? tail : tail.slice(0, end)
    this.entries = [
      ...this.entries.slice(this.at, this.at + 1),
      ...inside.filter((entry) => entry !== SYNC),
      ...(end < 0 ? [] : tail.slice(end + 1)),
    ]
    this.at = 0
    return end >= 0
  }
}
