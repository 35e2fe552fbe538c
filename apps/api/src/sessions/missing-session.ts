import { ExpiredSessions, type Store } from '@hoptrace/store'
import { instantOf } from '../http/instant.ts'
import { notFound, ProblemError } from '../http/problem.ts'

/** Says of a session that is not there whether it ever was. */
export class MissingSessions {
  private readonly expired: ExpiredSessions

  constructor(store: Store) {
    this.expired = new ExpiredSessions(store)
  }

  /** EXPIRED with what was deleted, when, and as which policy says; else NOT_FOUND. To be thrown. */
  async problem(tenant: string, id: string): Promise<ProblemError> {
    const gone = (await this.expired.find(tenant, [id])).get(id)
    if (!gone) return notFound('session')
    const { events, policy, lastTs, expiredAtMs } = gone
    const [expiredAt, lastEventAt] = [instantOf(BigInt(expiredAtMs) * 1000n), instantOf(lastTs)]
    const detail = `Retention of ${policy} deleted it on ${expiredAt.slice(0, 10)}: ${events} events, the last of ${lastEventAt.slice(0, 10)}.`
    return new ProblemError('EXPIRED', detail, { expired: { expiredAt, policy, events, lastEventAt } })
  }
}
