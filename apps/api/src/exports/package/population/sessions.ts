import { Protocol } from '@hoptrace/events'
import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { SessionCompleteness, SessionOutcome } from '../../../contract/index.ts'
import { sessionsWithWholeness } from '../../../sessions/session-row.ts'
import { instant } from '../../instant.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const sessionColumns = [
  'isMember',
  'session',
  'gateway',
  'run',
  'principal',
  'rootPrincipal',
  'lineage',
  'origin',
  'client',
  'protocol',
  'target',
  'address',
  'account',
  'database',
  'importedFile',
  'firstEventAt',
  'lastEventAt',
  'outcome',
  'completeness',
  'events',
  'lastSeq',
  'lastSeqSaid',
  'gaps',
  'commands',
  'failures',
] as const

const Row = z.object({
  session: z.string(),
  gatewayId: z.string(),
  run: z.string().nullable(),
  principal: z.string().nullable(),
  rootPrincipal: z.string().nullable(),
  lineage: z.array(z.string()),
  originAddress: z.string().nullable(),
  originPort: z.int().nullable(),
  client: z.string().nullable(),
  originClient: z.string().nullable(),
  protocol: Protocol,
  targetName: z.string().nullable(),
  targetAddress: z.string().nullable(),
  targetAccount: z.string().nullable(),
  database: z.string().nullable(),
  importedFile: z.string().nullable(),
  firstTs: z.string(),
  lastTs: z.string(),
  result: SessionOutcome,
  wholeness: SessionCompleteness,
  events: z.int(),
  lastSeq: z.int(),
  saidSeq: z.int(),
  gaps: z.int(),
  commands: z.int(),
  failures: z.int(),
})

// A session's rows may lie before the span and behind it, and none in it: each end is asked for by itself.
const IN_SPAN = `session_id IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String}
    AND last_ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC'))
  AND session_id IN (SELECT session_id FROM session_rollups WHERE tenant = {tenant:String}
    AND first_ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC'))`

/** Sessions under way in the span, by when they began. */
export async function* sessionsOf(
  store: Store,
  { tenant }: Requester,
  { span, members }: Scope,
): AsyncGenerator<TableRow<(typeof sessionColumns)[number]>> {
  const rows = store.stream({
    name: 'api.package.sessions',
    sql: `SELECT toString(sessionId) AS session, gatewayId, run, principal, rootPrincipal, lineage, originAddress, originPort, client, originClient,
        protocol, targetName, targetAddress, targetAccount, database, importedFile, firstTs, lastTs, result, wholeness, events, lastSeq,
        saidSeq, gaps, commands, failures
      FROM (${sessionsWithWholeness(IN_SPAN, IN_SPAN)})
      WHERE startedUs < {toUs:Int64} AND toInt64(lastTs) >= {fromUs:Int64} ORDER BY startedUs, session`,
    params: { tenant, ...span },
    row: Row,
  })
  for await (const row of rows) {
    yield {
      isMember: members === null || members.sessions.has(row.session),
      session: row.session,
      gateway: row.gatewayId,
      run: row.run,
      principal: row.principal,
      rootPrincipal: row.rootPrincipal,
      lineage: row.lineage,
      origin: row.originAddress && `${row.originAddress}:${row.originPort ?? 0}`,
      client: row.client ?? row.originClient,
      protocol: row.protocol,
      target: row.targetName,
      address: row.targetAddress,
      account: row.targetAccount,
      database: row.database,
      importedFile: row.importedFile,
      firstEventAt: instant(row.firstTs),
      lastEventAt: instant(row.lastTs),
      outcome: row.result,
      completeness: row.wholeness,
      events: row.events,
      lastSeq: row.lastSeq,
      lastSeqSaid: row.saidSeq,
      gaps: row.gaps,
      commands: row.commands,
      failures: row.failures,
    }
  }
}
