import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLinkPolicy } from '@hoptrace/hopchain'
import { Alerts, openStore, RuleVersions, type Store } from '@hoptrace/store'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { BILLING, misdirected, ORDERS, PASSWORD, publish } from '../story.test-support.ts'
import { StoreLinks } from '../stream/store-links.ts'
import { anId, idsFrom, RecordedGateway, RecordedSession, usAt } from '../testing.ts'
import { aJudgingCorrelator, allAlerts, anAlerting, policy, stolen } from './alerting.test-support.ts'

const SWITCHED = '30c6e065-c335-4fca-8434-55e97af4b7da'
const STOPPED = '056d6672-996f-48a2-aefc-bbc64c191ca9'

describe('alerts over a real store', () => {
  let store: Store
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hoptrace-alerts-'))
    store = await openStore({ kind: 'embedded', path: directory })
    await store.migrate()
  })
  afterAll(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  const judge = () => aJudgingCorrelator(store).catchUp()
  const rowsOf = async (tenant: string) => {
    const sql = 'SELECT toUInt32(count()) AS n FROM alerts WHERE tenant = {tenant:String}'
    return (await store.query({ name: 'test.rows', sql, params: { tenant }, row: z.object({ n: z.int() }) }))[0]?.n
  }

  it('tell once of a password that was read and then opened a privileged account', async () => {
    const { run, sql, ssh, events } = stolen('a-story')
    await publish(store, events)
    await judge()
    const [alert, ...others] = await new Alerts(store).list('a-story')
    expect(others).toEqual([])
    expect(alert).toMatchObject({ severity: 'critical', response: 'page', principal: 'agent', rootPrincipal: 'ana', runs: [run] })
    expect(alert?.rules).toContain(SWITCHED)
    expect(alert?.content.findings[0]?.at).toMatchObject({ session: ssh.id, seq: 0 })
    expect(alert?.content.rotate).toMatchObject([
      { seenAt: { session: sql.id, seq: 2 }, target: 'bastion', account: 'root', wasAccepted: true },
    ])
    expect(alert?.content.baseline).toMatchObject({ isWarm: true, id: expect.stringMatching(/^day:\d+$/) })
  })

  it('say nothing new when a day comes twice, nor write anything', async () => {
    const { events } = stolen('a-again')
    await publish(store, events)
    const correlator = aJudgingCorrelator(store)
    await correlator.catchUp()
    const [before, rows] = [await allAlerts(store, 'a-again'), await rowsOf('a-again')]
    expect(before).toHaveLength(1)
    await publish(store, events)
    await correlator.catchUp()
    await publish(store, events)
    await judge()
    expect([await allAlerts(store, 'a-again'), await rowsOf('a-again')]).toEqual([before, rows])
  })

  it('are the same in any order of arrival and batch size, with a restart between any two batches', async () => {
    const story = (tenant: string) => {
      idsFrom(5_000_000)
      const { events, ssh } = stolen(tenant)
      return [
        ...events,
        ...misdirected(tenant).events,
        ...new RecordedSession(70, { run: anId(0) }, ORDERS, {}, tenant).gap(1, 'lost').events,
        ...ssh.gap(8, 'spool').events.slice(-1),
      ]
    }
    await publish(store, story('a-ordered'))
    await judge()
    const expected = await allAlerts(store, 'a-ordered')
    expect(expected.length).toBeGreaterThanOrEqual(2)
    for (const seed of [1, 3]) {
      const tenant = `a-shuffled-${seed}`
      for (const batch of shuffledBatches(story(tenant), seed)) {
        await publish(store, batch)
        await judge()
      }
      expect(await allAlerts(store, tenant)).toEqual(expected)
    }
  })

  it('complete what a fault cut short, in any of their writes', async () => {
    for (const table of ['event_facts', 'hops', 'hop_chains', 'alerts']) {
      const tenant = `a-fault-${table.replaceAll('_', '-')}`
      const { events, ssh } = stolen(tenant)
      await publish(store, [...events, ...ssh.gap(8, 'spool').events.slice(-1)])
      const isFull = { table }
      const correlator = aJudgingCorrelator(failingAt(store, isFull))
      await expect(correlator.catchUp()).rejects.toThrow('the disk is full')
      isFull.table = ''
      // By itself in one half of the cases, after a restart in the other.
      await (table === 'hops' || table === 'alerts' ? correlator.catchUp() : judge())
      const alerts = await allAlerts(store, tenant)
      expect(alerts.flatMap(({ rules }) => rules)).toEqual(expect.arrayContaining([SWITCHED, STOPPED]))
    }
  })

  it('are the same where the bus tells what is new', async () => {
    const tenants = ['a-stored', 'a-noted']
    const [stored, noted] = tenants.map((tenant) => {
      idsFrom(8_000_000)
      return stolen(tenant)
    })
    await publish(store, [...(stored?.events ?? []), ...(noted?.events ?? [])])
    await judge()
    const alerting = anAlerting(store)
    const links = new StoreLinks(store, defaultLinkPolicy, () => 0, alerting)
    await store.deleteRows('alerts', () => "tenant = 'a-noted'", {})
    for (const { id } of [noted?.ssh, noted?.sql].filter((each) => each !== undefined)) {
      await links.link('a-noted', { fromUs: usAt(0), toUs: usAt(20) }, [id])
    }
    const [one, other] = await Promise.all(tenants.map((tenant) => allAlerts(store, tenant)))
    expect(one).toHaveLength(1)
    expect(other).toEqual(one)
  })

  it('lead on when what was before comes late, and are gone when nothing led there after all', async () => {
    const { sql, run, events } = stolen('a-late')
    const other = new RecordedSession(3, { run }, BILLING, {}, 'a-late').sql(1, 'select secret from vault', [PASSWORD])
    const late = new Set(sql.events)
    await publish(store, [...events.filter((event) => !late.has(event)), ...other.events])
    await judge()
    const [first] = await allAlerts(store, 'a-late')
    expect(first?.rules).toContain(SWITCHED)
    // This answer held the host, too: it is the better explanation.
    await publish(store, sql.events)
    await judge()
    const [second, ...others] = await allAlerts(store, 'a-late')
    expect(others).toEqual([])
    expect(second?.id).not.toBe(first?.id)
    expect(await new Alerts(store).find('a-late', first?.id ?? '')).toMatchObject({
      kind: 'alert',
      isRedirected: true,
      alert: { id: second?.id },
    })
    // The task itself named the password: it was no find.
    await publish(store, new RecordedGateway('a-late').runStarts(0, run, { task: `log in to bastion.internal with ${PASSWORD}` }).events)
    await judge()
    expect((await allAlerts(store, 'a-late')).flatMap(({ rules }) => rules)).not.toContain(SWITCHED)
  })

  it('tell of a recording that stopped, in a session of no chain, hour by hour', async () => {
    const gaps = [10, 10.5, 59.9, 60.1].map((minute) => new RecordedSession(minute, { run: anId(0) }, ORDERS, {}, 'a-gaps').gap(0, 'crash'))
    await publish(
      store,
      gaps.flatMap(({ events }) => events),
    )
    await judge()
    const alerts = await new Alerts(store).list('a-gaps')
    expect(alerts.map(({ chainId, response, rules, firstTs }) => [chainId, response, rules, firstTs])).toEqual(
      [60.1, 59.9, 10].map((minute) => [null, 'page', [STOPPED], usAt(minute)]),
    )
  })

  it('tell of two recordings under one seq', async () => {
    const [one, other] = ['select 1', 'drop table orders'].map((text) => {
      idsFrom(6_000_000)
      return new RecordedSession(1, { run: anId(0) }, ORDERS, {}, 'a-forged').sql(1, text, ['1'])
    })
    await publish(store, one?.events ?? [])
    await judge()
    expect(await allAlerts(store, 'a-forged')).toEqual([])
    await publish(store, other?.events ?? [])
    await judge()
    expect(await allAlerts(store, 'a-forged')).toMatchObject([{ rules: [STOPPED], response: 'page' }])
  })

  it('count events over time, the same in any batch, and a burst as one', async () => {
    const tenants = ['a-counted', 'a-counted-each']
    for (const tenant of tenants) {
      await new RuleVersions(store).append(tenant, 0, {
        ...{ ruleId: COUNTED, id: '019aa0c0-0000-7000-8000-000000000001', text: COUNTING, response: null },
        ...{ isEnabled: true, revision: 'x', atUs: usAt(0), by: 'ana' },
      })
      idsFrom(7_000_000)
      const run = anId(0)
      const sessions = [56, 58, 59, 61, 130, 200].map((minute) => new RecordedSession(minute, { run }, ORDERS, {}, tenant).exec(0, 'id'))
      if (tenant === 'a-counted')
        await publish(
          store,
          sessions.flatMap(({ events }) => events),
        )
      else {
        for (const { events } of [...sessions].reverse()) {
          await publish(store, events)
          await judge()
        }
      }
      await judge()
    }
    const [whole, each] = await Promise.all(tenants.map((tenant) => allAlerts(store, tenant)))
    expect(whole).toMatchObject([{ rules: [COUNTED], firstTs: usAt(56) }])
    expect(whole?.[0]?.content.findings[0]?.refs).toHaveLength(4)
    expect(each).toEqual(whole)
  })

  it('stay when the rule that found them is switched off, and are not raised again', async () => {
    const { events } = stolen('a-off')
    await publish(store, events)
    await judge()
    const before = await allAlerts(store, 'a-off')
    for (const rule of before[0]?.rules ?? []) {
      const row = { ruleId: rule, text: '', response: null, isEnabled: false, revision: 'x', atUs: usAt(0), by: 'ana' } as const
      await new RuleVersions(store).append('a-off', 0, { ...row, id: '019aa0c0-0000-7000-8000-000000000002' })
    }
    const again = stolen('a-off', 300)
    await publish(store, [...events, ...again.sql.events, ...again.ssh.events])
    await judge()
    expect(await allAlerts(store, 'a-off')).toEqual(before)
  })

  it('page for nothing that is approved', async () => {
    const approved = { ...policy, approvedPaths: [{ from: 'orders', to: 'bastion', reason: 'the runbook says so' }] }
    await publish(store, stolen('a-approved').events)
    await aJudgingCorrelator(store, { policy: approved }).catchUp()
    expect((await allAlerts(store, 'a-approved')).map(({ response }) => response)).not.toContain('page')
  })
})

const COUNTED = '11111111-2222-4333-8444-555555555555'
const COUNTING = `title: A command
name: a_command
logsource: { product: hoptrace, category: event }
detection: { selection: { type: ssh.exec }, condition: selection }
---
title: Many commands
id: ${COUNTED}
level: low
correlation:
  type: event_count
  rules: [a_command]
  group-by: [run]
  timespan: 5m
  condition: { gte: 3 }
`

/** The same store, whose inserts into one table fail. */
function failingAt(store: Store, failing: { table: string }): Store {
  return {
    migrate: (directory) => store.migrate(directory),
    query: (query) => store.query(query),
    stream: (query) => store.stream(query),
    insert: (table, rows, options) =>
      table === failing.table ? Promise.reject(new Error('the disk is full')) : store.insert(table, rows, options),
    deleteRows: (table, where, params) => store.deleteRows(table, where, params),
    dropPartition: (table, partition) => store.dropPartition(table, partition),
    close: () => store.close(),
  }
}

// Seeded: a failure names the order that made it.
function shuffledBatches(events: readonly Buffer[], seed: number): Buffer[][] {
  const order = fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length })
  const [shuffled = []] = fc.sample(order, { seed, numRuns: 1 })
  const size = seed * 2 + 1
  return Array.from({ length: Math.ceil(shuffled.length / size) }, (_, n) => shuffled.slice(n * size, (n + 1) * size))
}
