import { contentOf, GENESIS_HASH, hashOf } from './chain.ts'

/** What a later event of the same session is chained to, and measured from. */
type Head = { seq: number; hash: string; startUs: number | null }

/** Sessions whose heads are remembered; of more, the one that was not added to for longest is forgotten. */
const MAX_HEADS = 10_000

/**
 * Completes events that were written without a chain, given in the order of seq. An event with a hash is its producer's
 * and stays as it is. To one without, three members are added where they are missing: `prevHash` from the event before it,
 * `elapsedUs` from its wall time and that of seq 0, and the hash. The same events give the same bytes.
 * What such a hash proves is the content from here on, not from its capture on.
 */
export class Sealer {
  private readonly heads = new Map<string, Head>()

  /** @returns the event whole, or as it is where something cannot be completed: reading it then says what is missing */
  seal(json: object): object {
    const whole = 'hash' in json ? json : this.sealed(json)
    this.remember(whole)
    return whole
  }

  private sealed(json: { sessionId?: unknown; seq?: unknown; ts?: unknown }): object {
    const seq = Number(json.seq)
    const before = this.heads.get(String(json.sessionId))
    const isNext = before !== undefined && before.seq === seq - 1
    const prevHash = seq === 0 ? GENESIS_HASH : isNext ? before.hash : undefined
    const startUs = seq === 0 ? Number(json.ts) : (before?.startUs ?? null)
    const elapsedUs = startUs === null ? undefined : Math.max(0, Number(json.ts) - startUs)
    const filled = {
      ...(elapsedUs !== undefined && Number.isSafeInteger(elapsedUs) ? { elapsedUs } : {}),
      ...(prevHash === undefined ? {} : { prevHash }),
      ...json,
    }
    const content = contentOf(filled)
    return content === null || !('prevHash' in filled) ? filled : { ...filled, hash: hashOf(content) }
  }

  private remember(json: { sessionId?: unknown; seq?: unknown; ts?: unknown; hash?: unknown }): void {
    if (typeof json.sessionId !== 'string' || typeof json.seq !== 'number' || typeof json.hash !== 'string') return
    const known = this.heads.get(json.sessionId)
    const startUs = json.seq === 0 ? Number(json.ts) : (known?.startUs ?? null)
    this.heads.delete(json.sessionId)
    this.heads.set(json.sessionId, { seq: json.seq, hash: json.hash, startUs })
    const [oldest] = this.heads.keys()
    if (this.heads.size > MAX_HEADS && oldest !== undefined) this.heads.delete(oldest)
  }
}
