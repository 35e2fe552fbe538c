import type { Store } from '@hoptrace/store'
import { z } from 'zod'

export const EVENTS_A_SESSION = 10
export const DAYS = 30
/** Every session began in the DAYS before. */
export const END_MS = 1_795_000_000_000
const SESSIONS_A_STATEMENT = 50_000
const DAY_MS = 86_400_000

/**
 * Fills a store with sessions that began evenly over 30 days, of ten events each. They are made inside the engine, by one
 * INSERT … SELECT a slice, through the same table and views as ingest's: what is measured is reading, not how they came.
 *
 * Of n sessions 1 in 500 has a given principal, 1 in 300 a given target, 5 the same run, 1 in 1000 has not ended and 1 in 1000
 * lacks an event. Each of the eight statements has eight words, of 50 000 whose frequency falls as 1 ÷ rank, and its session's
 * own word. `content` is empty: nothing here reads it. A heartbeat named the last seq of each session.
 */
export async function fillStore(store: Store, sessions: number, onProgress: (done: number) => void): Promise<void> {
  for (let from = 0; from < sessions; from += SESSIONS_A_STATEMENT) {
    const count = Math.min(SESSIONS_A_STATEMENT, sessions - from)
    for (const sql of [sliceSql(from, count, sessions), heartbeatsSql(from, count, sessions)]) {
      await store.query({ name: 'bench.fill', sql, row: z.unknown() })
    }
    onProgress(from + count)
  }
}

const hex = (expression: string) => `lower(hex(${expression}))`
/** Of 64 bits, leading zeros too. */
const hex64 = (expression: string) => `leftPad(${hex(expression)}, 16, '0')`
const LAST = EVENTS_A_SESSION - 1

export const startMs = (of: number) => `toUInt64(${END_MS - DAYS * DAY_MS} + s * ${(DAYS * DAY_MS) / of})`
/** Of session `s` that began at `ms`. */
export const ID = `toUUID(concat(substring(${hex64('ms')}, -12, 8), '-', substring(${hex64('ms')}, -4), '-7', substring(${hex64('sipHash64(s)')}, 1, 3), '-8',
    substring(${hex64('sipHash64(s, 1)')}, 1, 3), '-', substring(${hex64('sipHash64(s, 2)')}, 1, 12)))`

export function heartbeatsSql(from: number, count: number, of: number): string {
  return `INSERT INTO heartbeats (tenant, gateway_id, boot_id, session_id, last_seq, ts)
    WITH number + ${from} AS s, ${startMs(of)} AS ms
    SELECT 'default', concat('gateway-', toString(s % 4)), toUUID('019aa0c0-0000-7000-8000-000000000000'), ${ID}, ${LAST - 1},
      fromUnixTimestamp64Milli(toInt64(ms + 8000)) FROM numbers(${count})`
}

function sliceSql(from: number, count: number, of: number): string {
  const words = `arrayStringConcat(arrayMap(i -> concat('word', toString(toUInt32(exp(sipHash64(s, e, i) / 18446744073709551615. * log(50000))))), range(8)), ' ')`
  return `INSERT INTO session_events (tenant, session_id, seq, ts, elapsed_us, gateway_id, boot_id, run, principal, root_principal, lineage,
      origin_address, origin_port, origin_client, target_name, target_protocol, target_address, target_account, type, outcome, is_failure,
      text, content, prev_hash, hash)
    WITH intDiv(number, ${EVENTS_A_SESSION}) + ${from} AS s, number % ${EVENTS_A_SESSION} AS e,
      ${startMs(of)} AS ms
    SELECT 'default', ${ID}, e, fromUnixTimestamp64Micro(toInt64(ms * 1000 + e * 1000000)), e * 1000000, concat('gateway-', toString(s % 4)),
      toUUID('019aa0c0-0000-7000-8000-000000000000'),
      toUUID(concat('019aa0c0-0000-7000-8000-', leftPad(toString(intDiv(s, 5)), 12, '0'))),
      concat('agent-', toString(sipHash64(s, 3) % 500)), concat('root-', toString(sipHash64(s, 4) % 50)), [],
      concat('10.', toString(s % 200), '.', toString(sipHash64(s, 5) % 250), '.7'), 5000, NULL,
      concat('target-', toString(sipHash64(s, 6) % 300)), if(s % 3 = 0, 'ssh', 'postgres'), 'db:5432', concat('account-', toString(s % 20)),
      multiIf(e = 0, 'session.started', e = ${LAST}, 'session.ended', 'sql.statement'), if(e = ${LAST}, 'client', ''), sipHash64(number, 9) % 50 = 0,
      if(e IN (0, ${LAST}), '', concat(${words}, ' own', toString(s))), '{}', repeat('0', 64), concat(${hex('sipHash128(s, e)')}, ${hex('sipHash128(e, s)')})
    FROM numbers(${count * EVENTS_A_SESSION})
    WHERE NOT (sipHash64(s, 7) % 1000 = 0 AND e = ${LAST}) AND NOT (sipHash64(s, 8) % 1000 = 0 AND e = 4)`
}
