import { type Access, callerOf, type Run, type Sighting } from './access.ts'
import { pushTo } from './lists.ts'
import { type Place, precedes } from './place.ts'

/** Where a caller sent a value, and the address that it called from; null when that is not known. */
type Sent = Place & { origin: string | null }

/**
 * What callers knew: what stood in the task text of one of their runs, and what they sent themselves, no longer before than the window.
 *
 * Who sends a name anywhere is taken to know it from then on: an attacker who writes the next target's name into a request before it is
 * answered that name hides the flow. It cannot be narrowed by time or by where it was sent: an agent that asks a registry for the very
 * system that it is to work on does just that, every day.
 */
export class Knowledge {
  /** `digest NUL caller` → where that caller sent the value. */
  private readonly sends = new Map<string, Sent[]>()
  /** `digest NUL caller` → where a task text gave it. */
  private readonly given = new Map<string, Place[]>()
  /** What was asked of a caller and an answer once is asked again for each use of the value. */
  private readonly known = new Map<string, boolean>()

  constructor(private readonly windowUs: number) {}

  addSent(access: Access, { digest, stream, seq, tsUs }: Sighting): void {
    pushTo(this.sends, `${digest}\0${callerOf(access)}`, { stream, seq, tsUs, origin: access.origin })
  }

  addTask(run: Run): void {
    const caller = `run:${run.lineage[0] ?? run.id}`
    for (const { digest } of run.given) pushTo(this.given, `${digest}\0${caller}`, run.started)
  }

  /** Did this caller know the value before that place? Then an answer there only told it what it knew. */
  knewBefore(caller: string, digest: string, place: Place): boolean {
    const key = `${digest}\0${caller}`
    const answer = `${key}\0${place.stream}\0${place.seq}`
    const found = this.known.get(answer) ?? (this.wasGiven(key, place) || this.isSentBefore(key, place, () => true))
    this.known.set(answer, found)
    return found
  }

  /**
   * Did this caller know the value before that place from sending it alone, and always from other addresses than this one? Where it is
   * a secret, whoever sends it from here afterwards need not be who had it: a run's token acts in the run's name wherever it is used.
   */
  isNewOrigin(origin: string, caller: string, digest: string, place: Place): boolean {
    const key = `${digest}\0${caller}`
    if (this.wasGiven(key, place)) return false
    return !this.isSentBefore(key, place, (sent) => sent.origin === null || sent.origin === origin)
  }

  /** Was the value sent, between the two places, from an address from which this caller had not sent it before the first? */
  wasTakenOver(caller: string, digest: string, { after, before }: { after: Place; before: Place }): boolean {
    const sent = this.sends.get(`${digest}\0${caller}`) ?? []
    const own = new Set(sent.flatMap((one) => (precedes(one, after) && after.tsUs - one.tsUs <= this.windowUs ? [one.origin] : [])))
    const isForeign = ({ origin }: Sent) => origin !== null && !own.has(origin)
    return sent.some((one) => one.stream !== before.stream && precedes(after, one) && precedes(one, before) && isForeign(one))
  }

  private wasGiven(key: string, place: Place): boolean {
    return this.given.get(key)?.some((given) => precedes(given, place)) ?? false
  }

  private isSentBefore(key: string, place: Place, is: (sent: Sent) => boolean): boolean {
    const { windowUs } = this
    return (this.sends.get(key) ?? []).some((sent) => precedes(sent, place) && place.tsUs - sent.tsUs <= windowUs && is(sent))
  }
}
