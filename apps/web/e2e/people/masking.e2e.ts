import assert from 'node:assert/strict'
import { AccessLogView, SqlSessionView } from '../views.e2e.ts'
import { type PeopleClaim, placeOf } from './story.e2e.ts'

export const masking: PeopleClaim[] = [
  {
    name: 'masks secrets, tells a masked value by name, and says who may reveal it',
    async run(arrive, story) {
      const person = await arrive()
      await person.signIn('investigator-kim', placeOf(story))
      const session = new SqlSessionView(person.page)
      await session.selectedCell().getByText('masked secret').waitFor()
      await session.cellDetail().getByText('masked secret').waitFor()
      assert.ok(!(await person.page.content()).includes(story.secret))
      await person.page.getByRole('button', { name: /^Reveal: needs the right reveal/ }).waitFor()
      await person.workbench.open(`${placeOf(story)}&reveal=1`)
      await session.selectedCell().getByText('masked secret').waitFor()
    },
  },
  {
    name: 'asks before it reveals, says so in the address and in the access log, and masks again',
    async run(arrive, story) {
      const person = await arrive()
      await person.signIn('revealer-kim', placeOf(story))
      const session = new SqlSessionView(person.page)
      await session.selectedCell().getByText('masked secret').waitFor()
      await person.page.getByRole('button', { name: 'Reveal…' }).click()
      await person.page.getByRole('alertdialog').getByText('The access log will say that').waitFor()
      await person.page.getByRole('button', { name: 'Reveal, and record it' }).click()
      await person.workbench.addressHolds(({ searchParams }) => searchParams.get('reveal') === '1')
      await session.cellDetail().getByText(story.secret).waitFor()
      await person.page.getByRole('button', { name: 'Mask again' }).click()
      await session.cellDetail().getByText('masked secret').waitFor()

      const auditor = await arrive()
      await auditor.signIn('auditor-kim', '/access-log?reveal=1')
      const log = new AccessLogView(auditor.page)
      await log.rows().filter({ hasText: 'Kim the revealer' }).first().getByText('secrets revealed').waitFor()
      assert.equal(await log.chips().count(), 1)
    },
  },
  {
    name: 'proves a masked event by the server’s hash, and does not compare what it masked',
    async run(arrive, { sqlSessionId }) {
      const person = await arrive()
      await person.signIn('revealer-kim', `/sessions/${sqlSessionId}/events/3`)
      const own = person.page.getByRole('row', { name: /Computed by this browser/ })
      await own.getByText('secrets in it are masked').waitFor()
      await person.workbench.open(`/sessions/${sqlSessionId}/events/3?reveal=1`)
      await own.getByText('equal').waitFor()
    },
  },
  {
    name: 'plays a terminal with its secrets masked',
    async run(arrive, { terminalSessionId, secret }) {
      const person = await arrive()
      await person.signIn('investigator-kim', `/sessions/${terminalSessionId}?ms=4000`)
      await person.page.getByRole('img', { name: /^Terminal of/ }).waitFor()
      await person.page.getByText('1 secret in this recording is masked').waitFor()
      assert.ok(!(await person.page.content()).includes(secret))
    },
  },
]
