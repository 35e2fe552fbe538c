import type { KnownEvent } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRuleFile } from '../document/rule-file.ts'
import { AlertPolicy, defaultAlertPolicy } from '../policy/alert-policy.ts'
import { recordOfConflict, recordsOfEvent } from '../records/event-records.ts'
import { RuleSet } from '../rule-set.ts'
import { shippedRules } from '../shipped/shipped-rules.ts'
import { SOMETIME_US } from '../testing.ts'
import { aKubernetesRequest, anEventOf } from '../testing-events.ts'
import { alertsOfFindings } from './alerts-of-findings.ts'
import type { EventFinding } from './event-findings.ts'

const DENIED = `title: refused
id: 5b0c1f62-0000-4000-8000-000000000001
name: refused
logsource: {product: hoptrace, category: event}
detection: {refused: {type: access.decided, body.decision: deny}, condition: refused}
level: low
---
title: refused again and again
id: 5b0c1f62-0000-4000-8000-000000000002
correlation: {type: event_count, rules: [refused], group-by: [principal], timespan: 10m, condition: {gte: 3}, generate: true}
level: high
---
title: secrets are listed
logsource: {product: kubernetes, service: audit}
detection: {seen: {verb: list, objectRef.resource: secrets}, condition: seen}
`
const { rules } = readRuleFile(DENIED, 'r.yml')

function denied(second: number, run: string, more: Partial<KnownEvent> = {}) {
  const by = { run, principal: 'agent-1', rootPrincipal: 'ana', lineage: [] }
  const asked = { protocol: 'ssh', target: 'vault', account: 'root', database: null } as const
  const body = { decision: 'deny', reason: 'not-granted', asked, method: 'bearer', message: null, by } as const
  return anEventOf('access.decided', body, { target: null, run: null, seq: second, ts: String(SOMETIME_US + second * 1e6), ...more })
}

function found(events: readonly KnownEvent[], from = rules): EventFinding[] {
  const { set } = RuleSet.of(from)
  const records = new Map(events.flatMap((event) => recordsOfEvent(event)).map((record) => [record.ref, record]))
  return events.flatMap((event) =>
    recordsOfEvent(event).flatMap((record) =>
      set.push(record).map((finding) => ({ finding, record: records.get(finding.anchor) ?? record, access: null })),
    ),
  )
}
const alertsOf = (events: readonly KnownEvent[], policy = defaultAlertPolicy) => alertsOfFindings(found(events), policy)

describe('alerts of events that are in no chain', () => {
  it('say who, where, and how it ended', () => {
    expect(alertsOf([denied(1, 'r1')])).toMatchObject([
      {
        chain: null,
        severity: 'low',
        response: 'queue',
        sentence: 'agent-1 on behalf of ana asked for ssh vault: deny (not-granted)',
        principal: 'agent-1',
        rootPrincipal: 'ana',
        runs: ['r1'],
        targets: ['vault'],
        protocols: ['ssh'],
        reach: { targets: [{ target: 'vault', protocol: 'ssh', account: 'root', isRefused: true }] },
        weakest: null,
        firstUs: SOMETIME_US + 1e6,
      },
    ])
  })

  it("fold one caller's within a minute, and nobody else's", () => {
    const alerts = alertsOf([denied(1, 'r1'), denied(2, 'r2'), denied(61, 'r1'), denied(200, 'r1')])
    expect(alerts.map(({ runs, findings }) => [runs.join(), findings.length])).toEqual([
      ['r1', 3],
      ['r2', 1],
      ['r1', 1],
    ])
  })

  it('tell of a correlation once, with all that it came to rest on', () => {
    const all = alertsOf([1, 2, 3, 4, 5].map((second) => denied(second, 'r1'))).flatMap(({ findings }) => findings)
    const again = all.filter(({ rule }) => rule.title === 'refused again and again')
    expect(again.map(({ refs }) => refs.length)).toEqual([5])
  })

  it('are explained by a declared window', () => {
    const window = { targets: ['vault'], from: '2026-10-03T09:00:00Z', to: '2026-10-03T09:00:02Z', reason: 'drill' }
    const policy = AlertPolicy.parse({ maintenance: [window] })
    expect(alertsOf([denied(1, 'r1'), denied(100, 'r1')], policy).map(({ response }) => response)).toEqual(['log', 'queue'])
  })

  it('are told of a cluster, too', () => {
    const [alert] = alertsOf([aKubernetesRequest('list', { resource: 'secrets', path: '/api/v1/secrets' })])
    expect(alert).toMatchObject({ targets: ['prod'], protocols: ['kubernetes'], principal: 'agent-1', severity: 'medium' })
    expect(alert?.sentence).toBe('secrets are listed: list /api/v1/secrets at prod')
  })

  it('of recordings that stopped with a gateway are one', () => {
    const gap = { reason: 'crash', message: 'the gateway stopped', fromSeq: null } as const
    const events = ['s1', 's2', 's3'].map((sessionId, n) => anEventOf('recording.gap', gap, { sessionId, run: `r${n}` }))
    const alerts = alertsOfFindings(found(events, shippedRules().rules), defaultAlertPolicy)
    expect(alerts).toMatchObject([{ response: 'page', runs: ['r0', 'r1', 'r2'] }])
    expect(alerts[0]?.sentence).toBe('The recording at ssh bastion has a gap (crash): the gateway stopped')
  })

  it('name a conflict as what it is', () => {
    const record = recordOfConflict({ session: 's', seq: 9, tsUs: SOMETIME_US, gateway: 'gw-1', target: 'vault' })
    const all = RuleSet.of(shippedRules().rules)
      .set.push(record)
      .map((finding) => ({ finding, record, access: null }))
    expect(alertsOfFindings(all, defaultAlertPolicy)).toMatchObject([
      { sentence: 'Two different events stand in one place of a session at vault: one of them is not what happened', protocols: [] },
    ])
  })

  it('are the same in whatever order findings come', () => {
    const events = [1, 2, 3, 50, 130, 131, 400].flatMap((second) => [denied(second, 'r1'), denied(second, 'r2', { sessionId: 'other' })])
    const all = found(events)
    const expected = JSON.stringify(alertsOfFindings(all, defaultAlertPolicy))
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(JSON.stringify(alertsOfFindings(shuffled, defaultAlertPolicy))).toBe(expected)
      }),
      { numRuns: 100, seed: 2026 },
    )
  })
})
