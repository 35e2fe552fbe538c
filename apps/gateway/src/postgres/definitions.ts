import type { BindValues } from './bind-values.ts'
import type { RowDescription } from './row-description.ts'
import type { Analysis, StatementText } from './statement-text.ts'

/** A prepared statement, as Parse or SQL's PREPARE made it. */
export type Prepared = {
  name: string
  statement: StatementText
  analysis: Analysis
  oids: number[]
  description: RowDescription | null
  size: number
  /** seq of the first statement that ran it. */
  askedAt: number | null
  /** Digest of the destinations that were named when it was run last; null where it was not. */
  named: string | null
  /** seq of the notice that says its text, as what may have run in another's place. */
  notedAt: number | null
}
/** A portal, as Bind made it. */
export type Portal = {
  prepared: Definition<Prepared>
  values: BindValues
  formats: number[]
  description: RowDescription | null
  size: number
  /** seq of the first statement that ran it. */
  askedAt: number | null
}

/** What a name stands for, and what it may stand for instead while the server has not answered. */
export type Definition<T> = {
  readonly item: T
  isConfirmed: boolean
  /** Earlier definitions that stand if the server refuses this one. */
  earlier: Definition<T>[]
}

const MAX_EARLIER = 16

/**
 * The names that a server keeps for prepared statements or portals. A definition counts from when it is asked for, since what follows in
 * the pipeline uses it, and is taken back when the server refuses it: a second Parse under a name in use fails, and the first still stands.
 * Names count up to their 63rd byte, as the server's tables hold them (NAMEDATALEN).
 */
export class Definitions<T extends { size: number }> {
  private readonly names = new Map<string, Definition<T>>()
  private heldBytes = 0
  private hasOverflowed = false

  constructor(
    private readonly limit: { entries: number; bytes: number },
    /** Replacing the unnamed one never fails for its name. */
    private readonly unnamed = '',
  ) {}

  /** True once more was asked for than can be held: the recording cannot follow any more. */
  get isOverflowed(): boolean {
    return this.hasOverflowed || this.names.size > this.limit.entries || this.heldBytes > this.limit.bytes
  }

  get(name: string): Definition<T> | undefined {
    return this.names.get(key(name))
  }

  define(name: string, item: T): Definition<T> {
    const known = this.names.get(key(name))
    const earlier = known === undefined || name === this.unnamed ? [] : known.isConfirmed ? [known] : [...known.earlier, known]
    if (earlier.length > MAX_EARLIER) this.hasOverflowed = true
    if (known !== undefined && earlier.length === 0) this.heldBytes -= known.item.size
    const definition = { item, isConfirmed: false, earlier }
    this.names.set(key(name), definition)
    this.heldBytes += item.size
    return definition
  }

  confirm(name: string, definition: Definition<T>): void {
    definition.isConfirmed = true
    const current = this.names.get(key(name))
    for (const replaced of definition.earlier.splice(0)) {
      this.heldBytes -= replaced.item.size
      const at = current === undefined ? -1 : current.earlier.indexOf(replaced)
      if (at >= 0) current?.earlier.splice(at, 1)
    }
  }

  /** The server refused it, or never saw it. */
  takeBack(name: string, definition: Definition<T>): void {
    if (definition.isConfirmed) return
    const current = this.names.get(key(name))
    if (current === definition) this.restore(name, definition)
    else if (current) this.dropEarlier(current, definition)
  }

  private restore(name: string, definition: Definition<T>): void {
    const standing = definition.earlier.at(-1)
    this.heldBytes -= definition.item.size
    if (standing === undefined) this.names.delete(key(name))
    else this.names.set(key(name), standing)
  }

  private dropEarlier(current: Definition<T>, definition: Definition<T>): void {
    const at = current.earlier.indexOf(definition)
    if (at < 0) return
    current.earlier.splice(at, 1)
    this.heldBytes -= definition.item.size
  }

  /** The server closed what `definition` stood for. */
  close(name: string, definition: Definition<T>): void {
    const current = this.names.get(key(name))
    if (current === definition) {
      this.names.delete(key(name))
      this.heldBytes -= definition.item.size
    } else if (current) this.dropEarlier(current, definition)
  }

  /** The server closed everything that it had confirmed. */
  closeAll(): void {
    for (const [name, definition] of this.names) {
      if (definition.isConfirmed) this.close(name, definition)
    }
  }
}

const key = (name: string): string => (name.length > 63 ? name.slice(0, 63) : name)
