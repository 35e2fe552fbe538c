import type { Store } from '@hoptrace/store'
import { z } from 'zod'
import { heartbeatsSql, ID, startMs } from './large-data.ts'

const SESSIONS_A_STATEMENT = 250_000

/**
 * Fills a store with the roll-ups of the sessions that fillStore makes, without their events: what a list reads that looks for no
 * words, in a tenth of the time.
 */
export async function fillRollups(store: Store, sessions: number, onProgress: (done: number) => void): Promise<void> {
  for (let from = 0; from < sessions; from += SESSIONS_A_STATEMENT) {
    const count = Math.min(SESSIONS_A_STATEMENT, sessions - from)
    for (const sql of [rollupsSql(from, count, sessions), heartbeatsSql(from, count, sessions)]) {
      await store.query({ name: 'bench.fillRollups', sql, row: z.unknown() })
    }
    onProgress(from + count)
  }
}

const state = (aggregate: string, ...of: string[]) =>
  `arrayReduce('${aggregate}State', ${of.map((each) => `arrayMap(e -> ${each}, es)`).join(', ')})`

function rollupsSql(from: number, count: number, of: number): string {
  return `INSERT INTO session_rollups (tenant, session_id, is_boot, gateway_id, boot_id, run, principal, root_principal, lineage,
      origin_address, origin_port, target_name, target_protocol, target_address, target_account, first_ts, last_ts, elapsed_us, last_seq,
      end_reason, seqs, hashes, gaps, commands, failures)
    WITH number + ${from} AS s, ${startMs(of)} AS ms,
      arrayFilter(e -> NOT (sipHash64(s, 7) % 1000 = 0 AND e = 9) AND NOT (sipHash64(s, 8) % 1000 = 0 AND e = 4), range(10)) AS es,
      arrayMax(es) AS last
    SELECT 'default', ${ID}, false, concat('gateway-', toString(s % 4)), toUUID('019aa0c0-0000-7000-8000-000000000000'),
      toUUID(concat('019aa0c0-0000-7000-8000-', leftPad(toString(intDiv(s, 5)), 12, '0'))),
      concat('agent-', toString(sipHash64(s, 3) % 500)), concat('root-', toString(sipHash64(s, 4) % 50)), [],
      concat('10.', toString(s % 200), '.', toString(sipHash64(s, 5) % 250), '.7'), 5000,
      concat('target-', toString(sipHash64(s, 6) % 300)), if(s % 3 = 0, 'ssh', 'postgres'), 'db:5432', concat('account-', toString(s % 20)),
      fromUnixTimestamp64Micro(toInt64(ms * 1000)), fromUnixTimestamp64Micro(toInt64(ms * 1000 + last * 1000000)), last * 1000000, last,
      if(last = 9, 'client', ''), ${state('groupBitmap', 'toUInt32(e)')}, ${state('uniqExact', 'sipHash64(s, e)')},
      ${state('groupBitmapIf', 'toUInt32(e)', 'toUInt8(0)')}, ${state('groupBitmapIf', 'toUInt32(e)', 'toUInt8(e > 0 AND e < 9)')},
      ${state('groupBitmapIf', 'toUInt32(e)', 'toUInt8(sipHash64(s * 10 + e, 9) % 50 = 0)')}
    FROM numbers(${count})`
}
