import assert from 'node:assert/strict'
import { AccessLogView, HealthView, SqlSessionView } from '../views.e2e.ts'
import { type PeopleClaim, placeOf } from './story.e2e.ts'

export const reading: PeopleClaim[] = [
  {
    name: 'puts a statement that came in pieces together, and holds it against its recorded SHA-256',
    async run(arrive, { long }) {
      const person = await arrive()
      await person.signIn('investigator-kim', `/sessions/${long.sessionId}?seq=${long.statementSeq}`)
      await person.page.getByText('SHA-256 equal to the recorded one').waitFor()
      const whole = await person.workbench.download(person.page.getByRole('link', { name: 'Download the whole text' }))
      assert.equal(String(whole), long.text)
      await new SqlSessionView(person.page)
        .statements()
        .getByRole('button', { name: /long text/ })
        .click()
      await person.page.getByRole('list', { name: 'Pieces of a long text' }).getByRole('link', { name: 'seq 2' }).waitFor()
    },
  },
]

export const watching: PeopleClaim[] = [
  {
    name: 'tells who looked at what, leads there, and narrows by what stands in a row',
    async run(arrive, { sqlSessionId }) {
      const person = await arrive()
      await person.signIn('auditor-kim', `/sessions/${sqlSessionId}`)
      await person.page.getByRole('link', { name: 'Who viewed this session' }).click()
      const log = new AccessLogView(person.page)
      await log.rows().first().waitFor()
      await log.rows().first().getByRole('button', { name: 'Kim the' }).click()
      await person.workbench.addressHolds(({ searchParams }) => searchParams.has('viewer') && searchParams.get('id') === sqlSessionId)
      assert.equal(await log.chips().count(), 2)
      await log.rows().first().getByRole('link').first().click()
      await person.workbench.addressHolds(({ pathname }) => pathname === `/sessions/${sqlSessionId}`)
    },
  },
  {
    name: 'says which gateway is silent and since when, how full spools are, and what to do',
    async run(arrive, { silentGateway }) {
      const person = await arrive()
      await person.signIn('operator-kim', '/health')
      const health = new HealthView(person.page)
      await health.gateway(silentGateway).getByText('silent').waitFor()
      assert.match((await health.gateway(silentGateway).textContent()) ?? '', /since \d{4}-\d\d-\d\d/)
      await health.spools().first().waitFor()
      await health.todo().getByText(`Gateway ${silentGateway} has been silent`).waitFor()
    },
  },
  {
    name: 'is red where two events stand under one seq, on every page, and leads to the proof that shows both',
    async run(arrive, { forgedSessionId }) {
      const person = await arrive()
      await person.signIn('investigator-kim', '/')
      await person.page.getByText('1 session has two different events under one seq.').waitFor()
      await person.workbench.open('/health')
      await person.page.getByText('1 session with two different events under one seq').waitFor()
      await person.page.getByRole('list', { name: 'Sessions in conflict' }).getByRole('link').first().click()
      await person.workbench.addressHolds(({ pathname }) => pathname === `/sessions/${forgedSessionId}/events/0`)
      await person.page.getByText('Two contents claim this place.').waitFor()
    },
  },
  {
    name: 'says of a session that retention deleted when, by which policy, and how much it was',
    async run(arrive, { expiredSessionId }) {
      const person = await arrive()
      await person.signIn('investigator-kim', `/sessions/${expiredSessionId}`)
      await person.page.getByRole('heading', { name: 'Session has expired: its retention time is over' }).waitFor()
      await person.page.getByText(/^Retention of 30 days deleted it on \d{4}-\d\d-\d\d: 12 events/).waitFor()
      assert.equal(await person.page.getByRole('button', { name: 'Try again' }).count(), 0)
    },
  },
  {
    name: 'tries a dead letter again, and says that it is still not understood',
    async run(arrive) {
      const person = await arrive()
      await person.signIn('operator-kim', '/health')
      const health = new HealthView(person.page)
      await health
        .letters()
        .first()
        .getByRole('button', { name: /^Replay/ })
        .click()
      await health.letters().first().getByText('still not understood').waitFor()
    },
  },
  {
    name: 'fits 390 pixels and names every control, for everybody',
    async run(arrive, story) {
      for (const [who, path] of [
        ['auditor-kim', '/access-log'],
        ['auditor-kim', placeOf(story)],
        ['auditor-kim', '/search?q=x'],
        ['investigator-kim', placeOf(story)],
        ['operator-kim', '/health'],
      ] as const) {
        const person = await arrive()
        await person.page.setViewportSize({ width: 390, height: 844 })
        await person.workbench.open(path)
        assert.deepEqual([path, await person.workbench.overflow()], [path, 0])
        await person.signIn(who, path)
        await person.page
          .getByText(/^Loading/)
          .first()
          .waitFor({ state: 'detached' })
        assert.deepEqual([path, await person.workbench.overflow()], [path, 0])
        assert.deepEqual(await person.workbench.namelessControls(), [])
      }
    },
  },
]
