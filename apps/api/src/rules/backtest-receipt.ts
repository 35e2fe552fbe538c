import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** Which backtest was made: of which text, over what, and when; and did it show what would page? */
export type Backtested = { tenant: string; text: string; fromUs: number; toUs: number; madeAtMs: number; isPaging: boolean }

const Claims = z.tuple([z.string(), z.int(), z.int(), z.int(), z.boolean()])

/**
 * Names a backtest so that whoever looked at it can say so later, to any api with the same secret. Nothing of it is stored: what it
 * was of stands in the name, under an HMAC.
 */
export class BacktestReceipts {
  private readonly key: Buffer

  constructor(secret: string) {
    this.key = createHmac('sha256', secret).update('hoptrace backtest receipt v1').digest()
  }

  issue({ tenant, text, fromUs, toUs, madeAtMs, isPaging }: Backtested): string {
    const claims = Buffer.from(JSON.stringify([textDigest(text), fromUs, toUs, madeAtMs, isPaging])).toString('base64url')
    return `${claims}.${this.mark(tenant, claims)}`
  }

  /** Null for what this server did not issue to this tenant, or issued for another text. */
  read(receipt: string, tenant: string, text: string): Omit<Backtested, 'tenant' | 'text'> | null {
    const [claims = '', mark = ''] = receipt.split('.')
    const [given, due] = [Buffer.from(mark), Buffer.from(this.mark(tenant, claims))]
    if (given.length !== due.length || !timingSafeEqual(given, due)) return null
    const [of, fromUs, toUs, madeAtMs, isPaging] = Claims.parse(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')))
    return of === textDigest(text) ? { fromUs, toUs, madeAtMs, isPaging } : null
  }

  private mark(tenant: string, claims: string): string {
    return createHmac('sha256', this.key).update(`${tenant}\0${claims}`).digest('base64url').slice(0, 22)
  }
}

function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

const DAY_MS = 86_400_000
/** How long a look at a backtest stands. */
const STANDS_FOR_MS = DAY_MS
/** What it must cover: a week, but for the time that passes while somebody looks. */
const WEEK_MS = 7 * DAY_MS - 3_600_000

/**
 * Why this backtest is not enough to let a rule page; null when it is.
 * @param oldestUs the first event there is: of what was never recorded nothing can be shown
 */
export function shortfallOf(seen: Omit<Backtested, 'tenant' | 'text'> | null, nowMs: number, oldestUs: number | null): string | null {
  if (seen === null) return 'run a backtest of this very text first, and hand back its digest'
  if (!seen.isPaging) return 'the backtest did not show what would page: run it with the response page'
  if (nowMs - seen.madeAtMs > STANDS_FOR_MS) return 'the backtest is older than a day: run it anew'
  const neededFromUs = Math.max((seen.madeAtMs - WEEK_MS) * 1000, oldestUs ?? 0)
  if (seen.fromUs > neededFromUs || seen.toUs < (seen.madeAtMs - DAY_MS) * 1000)
    return 'the backtest must cover the last week of what was recorded'
  return null
}
