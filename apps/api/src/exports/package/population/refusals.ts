import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { EventRow, eventOf } from '../../../events/event-row.ts'
import { maskAddress } from '../../../masking/mask-text.ts'
import { instant } from '../../instant.ts'
import { type Requester, refusalKey, type Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'
import { said } from './runs.ts'

export const refusalColumns = [
  'isMember',
  'at',
  'decision',
  'reason',
  'protocol',
  'target',
  'account',
  'database',
  'action',
  'method',
  'run',
  'principal',
  'rootPrincipal',
  'origin',
  'client',
  'message',
  'gateway',
  'recordedIn',
  'recordedSeq',
  'hash',
] as const

/** Accesses that were refused in the span, in the order of time. Whose run it was stands in the body: a gateway's own stream belongs to nobody. */
export async function* refusalsOf(
  store: Store,
  requester: Requester,
  { span, members }: Scope,
): AsyncGenerator<TableRow<(typeof refusalColumns)[number]>> {
  const rows = store.stream({
    name: 'api.package.refusals',
    sql: `SELECT toString(session_id) AS stream, seq, content, hash FROM session_events FINAL
      WHERE tenant = {tenant:String} AND type = 'access.decided' AND outcome != 'allow'
        AND ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
      ORDER BY ts, session_id, seq, hash`,
    params: { tenant: requester.tenant, ...span },
    row: EventRow.extend({ stream: z.string() }),
  })
  for await (const row of rows) {
    const event = eventOf(row)
    if (event.type !== 'access.decided') continue
    const { decision, reason, asked, method, by, message } = event.body
    const origin = event.body.origin ?? event.origin
    const action = requester.hasContent ? (asked.action ?? null) : null
    yield {
      isMember: members === null || members.refusals.has(refusalKey(row.stream, row.seq)),
      at: instant(event.ts),
      decision,
      reason,
      protocol: asked.protocol,
      target: asked.target,
      account: asked.account,
      database: asked.database,
      action: action === null || requester.isRevealed ? action : maskAddress(action),
      method,
      run: by?.run ?? event.run,
      principal: by?.principal ?? event.principal,
      rootPrincipal: by?.rootPrincipal ?? event.rootPrincipal,
      origin: origin && `${origin.address}:${origin.port}`,
      client: origin?.client ?? null,
      message: said(message, requester),
      gateway: event.gatewayId,
      recordedIn: row.stream,
      recordedSeq: row.seq,
      hash: row.hash,
    }
  }
}
