import type { StoredAlert } from '@hoptrace/store'
import { SOMETIME_MS } from './recorded-session.ts'

const T = SOMETIME_MS * 1000
export const alertId = (n: number) => n.toString(16).padStart(32, '0')

/** An alert as the correlator stores it. A test states only what it is about. */
export function aStoredAlert(n: number, over: Partial<StoredAlert> = {}): StoredAlert {
  const run = over.runs?.[0] ?? '019aa0c0-0000-7000-8000-000000000001'
  const { severity = 'high', response = 'page' } = over
  const at = { session: run, seq: 3, tsUs: over.firstTs ?? T, ms: 5 }
  const sentence = 'agent-1, on behalf of ana, used hunter2.internal seen in orders at bastion'
  const rule = { id: 'r-1', title: 'A host in an answer, then reached', revision: 'abc', tags: ['attack.t1021.004'] }
  return {
    id: alertId(n),
    redirectTo: null,
    isDeleted: false,
    version: 1,
    chainId: alertId(999),
    severity,
    response,
    sentence,
    principal: 'agent-1',
    rootPrincipal: 'ana',
    runs: [run],
    targets: ['orders', 'bastion'],
    protocols: ['postgres', 'ssh'],
    rules: ['r-1'],
    firstTs: T + n,
    lastTs: over.firstTs ?? T + n,
    raisedAtMs: SOMETIME_MS + 4000,
    content: {
      findings: [{ rule, severity, response, anchor: `hop:${alertId(7)}`, at, access: run, refs: [`hop:${alertId(7)}`], sentence }],
      reach: {
        targets: [{ target: over.targets?.at(-1) ?? 'bastion', protocol: 'ssh', account: 'root', isRefused: false }],
        writes: 1,
        rows: 2,
        bytes: 3,
      },
      rotate: [{ kind: 'credential', digest: alertId(5), seenAt: at, usedAt: null, target: 'bastion', account: null, wasAccepted: true }],
      weakest: { hop: alertId(7), score: 6500 },
      baseline: { id: 'day:20777', runs: 30, days: 12, isWarm: true },
    },
    ...over,
  }
}
