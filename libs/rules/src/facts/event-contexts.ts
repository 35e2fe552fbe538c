import type { KnownEvent, Protocol } from '@hoptrace/events'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import { isExpected, isPrivileged } from '../policy/explanations.ts'
import type { EventContext } from '../records/event-records.ts'
import type { ChainRows } from './chain-rows.ts'
import { FirstSeen } from './first-seen.ts'

/** Who did something, and where. `target` is empty where nothing was named; `firstTs`: microseconds since the epoch. */
export type Doing = {
  run: string | null
  principal: string | null
  target: string
  account: string | null
  protocol: Protocol | null
  firstTs: number
}

/** What is stored of those who acted in events; `statuses`: how requests were answered, by `SESSION/SEQ`. */
export type EventContextRows = Pick<ChainRows, 'agents' | 'reachedByActors' | 'histories'> & { statuses: ReadonlyMap<string, number> }

/** A refusal stands in the gateway's own stream: whose it was, and where to, its body says. */
export function doingOf({ type, body, run, principal, target, ts }: KnownEvent): Doing {
  const asked = type === 'access.decided' ? body.asked : null
  const by = type === 'access.decided' ? body.by : null
  return {
    run: by?.run ?? run,
    principal: by?.principal ?? principal,
    target: target?.name ?? asked?.target ?? '',
    account: target?.account ?? asked?.account ?? null,
    protocol: target?.protocol ?? asked?.protocol ?? null,
    firstTs: Number(ts),
  }
}

/** What rules are told of events besides what these say themselves: the agent, whether it was there before, how it was answered. */
export function contextsOf(events: readonly KnownEvent[], rows: EventContextRows, policy: AlertPolicy): EventContext[] {
  const firstSeen = new FirstSeen(rows, policy.warmUp)
  return events.map((event) => {
    const doing = doingOf(event)
    const agent = doing.run === null ? undefined : rows.agents.get(doing.run)
    const agentTemplate = agent?.template ?? null
    return {
      isFirstSeen: doing.target === '' ? null : firstSeen.isFirstSeen(doing),
      isPrivileged: isPrivileged(policy, doing),
      isExpected: isExpected(policy, { ...doing, agentTemplate, tsUs: doing.firstTs }),
      agentTemplate,
      agentVersion: agent?.version ?? null,
      status: rows.statuses.get(`${event.sessionId}/${event.seq}`) ?? null,
    }
  })
}
