import { typeOf } from './errors.ts'

/** The group goes on without this consumer: what it still does for its partitions, another one does too. */
const LOST = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'])

/**
 * This consumer's part in its group, from one joining to the next. It ends in one of two ways: a rebalance is
 * announced, and what is being handled may still be finished and committed; or it is lost, and must be abandoned.
 */
export class Membership {
  private readonly losing = new AbortController()
  private readonly hurrying = new AbortController()
  private announced: { error: unknown } | undefined
  private grace: NodeJS.Timeout | null = null

  /** @param graceMs how long a handler may go on after a rebalance was announced; the group waits for it */
  constructor(private readonly graceMs: number) {}

  /** Aborted once nothing may be committed any more. */
  get lost(): AbortSignal {
    return this.losing.signal
  }

  /** Aborted once nothing new may be begun: what failed is not tried again. */
  get hurry(): AbortSignal {
    return this.hurrying.signal
  }

  /** The error from which the client learns that it has to join again; undefined while there is no need. */
  get ending(): { error: unknown } | undefined {
    return this.announced
  }

  /** Takes note of what the group's coordinator said. */
  heard(error: unknown): void {
    const type = typeOf(error)
    const isLost = type !== null && LOST.has(type)
    if (!isLost && type !== 'REBALANCE_IN_PROGRESS') return
    this.announced ??= { error }
    this.hurrying.abort()
    if (isLost) this.lose()
    else this.grace ??= setTimeout(() => this.lose(), this.graceMs)
  }

  /** The consumer stops: what is being handled may be finished. */
  finish(): void {
    this.hurrying.abort()
  }

  lose(): void {
    if (this.grace) clearTimeout(this.grace)
    this.hurrying.abort()
    this.losing.abort()
  }
}
