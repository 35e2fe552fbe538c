import { setTimeout as sleep } from 'node:timers/promises'
import type { EachBatchPayload } from 'kafkajs'
import type { Membership } from './membership.ts'
import type { OffsetRange, OnKafkaNotice } from './notices.ts'

/**
 * Stores a slice. Resolves when all of it is stored, or when what is not is told to `commitBefore`: only what stands before
 * that offset is committed, and the rest comes again after a restart.
 */
export type HandleSlice = (signal: AbortSignal, heartbeat: () => Promise<void>, commitBefore: (offset: number) => void) => Promise<void>

export type SliceDeliveryOptions = {
  heartbeatMs: number
  /** First pause after a failure; doubles up to `longestRetryMs`. */
  retryMs: number
  longestRetryMs: number
  onNotice: OnKafkaNotice
}

/**
 * Hands a slice to its handler until it is stored, then commits. A failure never lets what follows overtake: the same
 * slice comes again here, in this partition, while other partitions go on. Heartbeats go out all the while.
 */
export class SliceDelivery {
  constructor(
    private readonly payload: EachBatchPayload,
    private readonly membership: Membership,
    private readonly options: SliceDeliveryOptions,
  ) {}

  /**
   * @returns the offset that was committed; null when the slice was abandoned, and whoever reads the partition next gets it
   * @throws what the coordinator answered, for the client library to join again
   */
  async deliver(at: OffsetRange, handle: HandleSlice): Promise<number | null> {
    const beating = setInterval(() => void this.beat(), this.options.heartbeatMs)
    // The offset that is committed is the first one not consumed.
    let next = at.last + 1
    const attempt = (signal: AbortSignal, heartbeat: () => Promise<void>): Promise<void> => {
      next = at.last + 1
      return handle(signal, heartbeat, (offset) => {
        next = Math.min(at.last + 1, offset)
      })
    }
    try {
      if (await this.insist(at, attempt)) {
        await this.commit(at, next)
        return next
      }
    } finally {
      clearInterval(beating)
    }
    const isRevoked = this.membership.ending !== undefined || this.membership.lost.aborted
    this.options.onNotice({ kind: 'abandoned', at, reason: isRevoked ? 'revoked' : 'stopping' })
    return null
  }

  private async insist(at: OffsetRange, handle: (signal: AbortSignal, heartbeat: () => Promise<void>) => Promise<void>): Promise<boolean> {
    const { lost, hurry } = this.membership
    const { retryMs, longestRetryMs, onNotice } = this.options
    for (let attempt = 1; !lost.aborted; attempt += 1) {
      try {
        await handle(lost, () => this.beat())
        // What was stored after the partition had gone is stored again by its new reader; committing is that one's right alone.
        return !lost.aborted
      } catch (error) {
        if (hurry.aborted) return false
        const afterMs = Math.min(retryMs * 2 ** (attempt - 1), longestRetryMs)
        onNotice({ kind: 'retry', at, attempt, afterMs, error })
        await sleep(afterMs, undefined, { signal: hurry }).catch(() => undefined)
        if (hurry.aborted) return false
      }
    }
    return false
  }

  private async commit({ topic, partition, last }: OffsetRange, next: number): Promise<void> {
    try {
      await this.payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: String(next) }] }] })
    } catch (error) {
      this.membership.heard(error)
      throw error
    }
    this.payload.resolveOffset(String(last))
  }

  // Only what ends the membership matters here; a broker that cannot be reached just now shows when committing.
  private async beat(): Promise<void> {
    try {
      await this.payload.heartbeat()
    } catch (error) {
      this.membership.heard(error)
    }
  }
}
