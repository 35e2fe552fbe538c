import { type AlertRow, Alerts, type Store, type StoredAlert } from '@hoptrace/store'
import type { StoredChain } from './stored-chain.test-support.ts'

export const alertId = (n: number) => n.toString(16).padStart(32, 'a')
type Found = {
  rule: { id: string; title: string }
  severity: AlertRow['severity']
  response: AlertRow['response']
  hop: string
  sentence: string
}

/** Three alerts about a chain, most urgent first, and an old address that leads to the first. */
export async function storeAlerts(
  store: Store,
  chain: StoredChain,
  session: { id: string; startMs: number },
  rules: readonly Found['rule'][],
) {
  const [paging, other] = rules
  if (!paging || !other) throw new Error('Two rules are needed')
  const first = anAlert(1, chain, session, {
    ...{ rule: paging, severity: 'critical', response: 'page', hop: chain.hop },
    sentence: 'agent-1, on behalf of ana, used a credential seen in billing to log in to prod; it was let in',
  })
  const second = anAlert(2, chain, session, {
    ...{ rule: other, severity: 'medium', response: 'queue', hop: chain.unseenHop },
    sentence: `agent-1, on behalf of ana, named ${chain.unseenTarget}, and nothing at the gateway followed`,
  })
  const third = { ...second, id: alertId(3), severity: 'low' as const, sentence: `agent-1 named ${chain.unseenTarget} again` }
  const old: StoredAlert = { ...first, id: alertId(4), redirectTo: first.id }
  await new Alerts(store).save('default', [first, second, third, old])
  return { paging: first.id, queued: [second.id, third.id] as const, oldId: old.id }
}

function anAlert(n: number, chain: StoredChain, { id, startMs }: { id: string; startMs: number }, found: Found): StoredAlert {
  const [firstTs, at] = [startMs * 1000 + n, { session: id, seq: 2, tsUs: startMs * 1000 + 600_000, ms: 600 }]
  const { rule, severity, response, hop, sentence } = found
  const finding = { rule: { ...rule, revision: 'abc', tags: ['attack.t1552'] }, severity, response, sentence }
  return {
    ...{ id: alertId(n), redirectTo: null, isDeleted: false, version: 1, chainId: chain.id, severity, response, sentence },
    ...{ principal: 'agent-1', rootPrincipal: 'ana', runs: [chain.run], targets: ['billing', 'prod'], protocols: ['http', 'kubernetes'] },
    ...{ rules: [rule.id], firstTs, lastTs: firstTs + 900_000, raisedAtMs: startMs + 3100 },
    content: {
      findings: [{ ...finding, anchor: `hop:${hop}`, at, access: id, refs: [`hop:${hop}`] }],
      reach: { targets: [{ target: 'prod', protocol: 'kubernetes', account: 'agent', isRefused: false }], writes: 2, rows: 0, bytes: 9120 },
      rotate: [{ kind: 'credential', digest: chain.digest, seenAt: at, usedAt: null, target: 'prod', account: 'agent', wasAccepted: true }],
      weakest: { hop: chain.unseenHop, score: 4000 },
      baseline: { id: 'day:20777', runs: 41, days: 9, isWarm: false },
    },
  }
}
