import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { instant } from '../../instant.ts'
import type { Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

/** What auditors ask of every act: who, what, when, how it went, from where, on what (PCI DSS 4.0.1, requirement 10.2.2). */
export const actColumns = [
  'time',
  'user',
  'onBehalfOf',
  'run',
  'type',
  'outcome',
  'isFailure',
  'origin',
  'client',
  'resource',
  'protocol',
  'account',
  'session',
  'seq',
  'hash',
] as const
export type ActRow = TableRow<(typeof actColumns)[number]>

/** Bytes that went by, and what the recording says of itself. */
export const UNTOLD_TYPES = ['terminal.output', 'terminal.resize', 'http.message', 'gateway.heartbeat'] as const

const Row = z.object({
  seq: z.int(),
  us: z.string(),
  user: z.string().nullable(),
  onBehalfOf: z.string().nullable(),
  run: z.string().nullable(),
  type: z.string(),
  outcome: z.string(),
  isFailure: z.boolean(),
  originAddress: z.string(),
  originPort: z.int(),
  client: z.string().nullable(),
  target: z.string(),
  address: z.string(),
  protocol: z.string(),
  account: z.string(),
  hash: z.string(),
})

/** The acts of one session, by the store's columns and without reading what was said. Of a period those alone that fell into it. */
export async function* actsOf(
  store: Store,
  tenant: string,
  { askedFor, span }: Scope,
  session: string,
  through: number,
): AsyncGenerator<ActRow> {
  const within = askedFor.kind === 'period' ? span : { fromUs: 0, toUs: 9_000_000_000_000_000 }
  const rows = store.stream({
    name: 'api.package.acts',
    sql: `SELECT seq, toString(toUnixTimestamp64Micro(ts)) AS us, principal AS user, root_principal AS onBehalfOf, run, type, outcome,
        is_failure AS isFailure, origin_address AS originAddress, origin_port AS originPort, origin_client AS client, target_name AS target,
        target_address AS address, target_protocol AS protocol, target_account AS account, hash
      FROM session_events FINAL WHERE tenant = {tenant:String} AND session_id = {session:UUID}
        AND toStartOfHour(UUIDv7ToDateTime(session_id, 'UTC')) = toStartOfHour(UUIDv7ToDateTime({session:UUID}, 'UTC'))
        AND seq <= {through:UInt32} AND type NOT IN {untold:Array(String)}
        AND ts >= fromUnixTimestamp64Micro({fromUs:Int64}, 'UTC') AND ts < fromUnixTimestamp64Micro({toUs:Int64}, 'UTC')
      ORDER BY seq, hash`,
    params: { tenant, session, through, untold: UNTOLD_TYPES, ...within },
    row: Row,
  })
  for await (const row of rows) {
    yield {
      time: instant(row.us),
      user: row.user,
      onBehalfOf: row.onBehalfOf,
      run: row.run,
      type: row.type,
      outcome: row.outcome,
      isFailure: row.isFailure,
      origin: row.originAddress === '' ? null : `${row.originAddress}:${row.originPort}`,
      client: row.client,
      resource: row.address === '' ? row.target : `${row.target} (${row.address})`,
      protocol: row.protocol,
      account: row.account,
      session,
      seq: row.seq,
      hash: row.hash,
    }
  }
}

/** A refusal, of the population's table, as an act. */
export function actOfRefusal(row: TableRow): ActRow {
  return {
    time: row.at ?? null,
    user: row.principal ?? null,
    onBehalfOf: row.rootPrincipal ?? null,
    run: row.run ?? null,
    type: 'access.decided',
    outcome: row.reason ?? row.decision ?? null,
    isFailure: true,
    origin: row.origin ?? null,
    client: row.client ?? null,
    resource: row.target ?? null,
    protocol: row.protocol ?? null,
    account: row.account ?? null,
    session: row.recordedIn ?? null,
    seq: row.recordedSeq ?? null,
    hash: row.hash ?? null,
  }
}
