import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import type { Range } from '../http/range.ts'
import { nextLookUs } from '../sessions/time-windows.ts'

/** Where words were found: microseconds since the epoch, session and seq, which is also the order of hits. */
export const HitPlace = z.tuple([z.int(), z.string(), z.int()])
export type HitPlace = z.infer<typeof HitPlace>

const PlaceRow = z.object({ at: HitPlace })

const HOUR_US = 3600 * 1_000_000
/** What is sought is mostly recent. */
const FIRST_LOOK_US = 6 * HOUR_US

// A session's id carries its start: it may have begun a run's life before, and no later than its event, but for clocks.
const NEAR = `toStartOfHour(UUIDv7ToDateTime(e.session_id, 'UTC')) >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') - INTERVAL 31 DAY
  AND toStartOfHour(UUIDv7ToDateTime(e.session_id, 'UTC')) < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC') + INTERVAL 1 DAY`

const IS_AFTER = `(toUnixTimestamp64Micro(ts), toString(e.session_id), seq) < ({afterUs:Int64}, {afterSession:String}, {afterSeq:UInt32})`

/** Finds the events that hold words, by the index of words and three columns. */
export class HitPlaces {
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {}

  /** Latest first, each event once. @param words in lower case; an event holds all of them */
  async newest(words: string, range: Range, after: HitPlace | null, limit: number): Promise<HitPlace[]> {
    const places = new Map<string, HitPlace>()
    const toUs = after ? Math.min(range.toUs, after[0] + 1) : range.toUs
    for (let end = toUs; end > range.fromUs && places.size < limit; ) {
      const start = Math.max(range.fromUs, end - nextLookUs(FIRST_LOOK_US, { lookedUs: toUs - end, found: places.size, wanted: limit }))
      end = await this.addWithin({ fromUs: start, toUs: end }, { words, after, limit }, places)
    }
    return [...places.values()].slice(0, limit)
  }

  // Returns where to read on: an event that was stored twice may have filled the answer.
  private async addWithin(
    window: Range,
    { words, after, limit }: { words: string; after: HitPlace | null; limit: number },
    places: Map<string, HitPlace>,
  ): Promise<number> {
    const most = 2 * limit
    const found = await this.within(window, words, [...places.values()].at(-1) ?? after, most)
    for (const place of found) places.set(`${place[1]} ${place[2]}`, place)
    const last = found.at(-1)
    return found.length < most || last === undefined ? window.fromUs : last[0] + 1
  }

  private async within(window: Range, words: string, after: HitPlace | null, rows: number): Promise<HitPlace[]> {
    const found = await this.store.query({
      name: 'api.search.places',
      // Ids are written out only for those that are late enough.
      sql: `SELECT (toUnixTimestamp64Micro(ts), toString(session_id), seq) AS at FROM (
          SELECT ts, e.session_id AS session_id, seq FROM session_events AS e
          WHERE tenant = {tenant:String} AND hasAllTokens(text, {words:String}) AND ${NEAR}
            AND ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
            ${after ? `AND ${IS_AFTER}` : ''}
          ORDER BY ts DESC LIMIT {rows:UInt32} WITH TIES
        ) ORDER BY at DESC LIMIT {rows:UInt32}`,
      params: {
        tenant: this.tenant,
        fromUs: window.fromUs,
        toUs: window.toUs,
        words,
        rows,
        ...(after ? { afterUs: after[0], afterSession: after[1], afterSeq: after[2] } : {}),
      },
      row: PlaceRow,
    })
    return found.map(({ at }) => at)
  }
}
