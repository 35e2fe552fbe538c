import assert from 'node:assert/strict'
import { ChainView } from '../views.e2e.ts'
import { AlertsView, AlertView } from './alerts-view.e2e.ts'
import type { AlertsClaim } from './story.e2e.ts'

const reading: AlertsClaim[] = [
  {
    name: 'ranks on the landing page what needs a person, as sentences, and leads to the alert',
    async run(workbench, { paging }) {
      await workbench.open('/')
      const ranked = workbench.page.getByRole('list', { name: 'Alerts, most urgent first' })
      await ranked.getByRole('link').first().click()
      await workbench.addressHolds(({ pathname }) => pathname === `/alerts/${paging.id}`)
    },
  },
  {
    name: 'walks alerts by keys, opens one by Enter, and keeps its filters in the address',
    async run(workbench) {
      await workbench.open('/alerts')
      const alerts = new AlertsView(workbench.page)
      await alerts.lines().first().waitFor()
      assert.equal(await alerts.lines().count(), 3)
      await alerts.filter('page')
      await workbench.addressHolds(({ searchParams }) => searchParams.get('response') === 'page')
      await alerts.lines().nth(1).waitFor({ state: 'detached' })
      assert.equal(await alerts.chips().count(), 1)
      await alerts.press('j')
      await workbench.page.keyboard.press('Enter')
      await workbench.addressHolds(({ pathname }) => /^\/alerts\/[0-9a-f]{32}$/.test(pathname))
    },
  },
  {
    name: 'says whether it goes on, what was found, where each moment is, and what to rotate',
    async run(workbench, { paging, secret, chain }) {
      await workbench.open(`/alerts/${paging.id}`)
      const alert = new AlertView(workbench.page)
      await alert.stillOpen().getByText('Still open: 1 live run, 1 open session').waitFor()
      await alert.stillOpen().getByRole('button', { name: 'Revoke the run of agent-1' }).waitFor()
      await alert.findings().first().getByRole('link', { name: paging.rule.title }).waitFor()
      await alert.rotate().getByText(secret.owner).waitFor()
      await alert.rotate().getByRole('link', { name: 'seen' }).waitFor()
      await alert.findings().first().getByRole('link', { name: 'Both moments in the chain' }).click()
      await workbench.addressHolds(
        ({ pathname, searchParams }) => pathname === `/chains/${chain.id}` && searchParams.get('hop') === chain.hop,
      )
    },
  },
  {
    name: 'leads from an old address of an alert to what it is now',
    async run(workbench, { oldId, paging }) {
      await workbench.open(`/alerts/${oldId}`)
      await workbench.addressHolds(({ pathname }) => pathname === `/alerts/${paging.id}`)
    },
  },
  {
    name: 'marks on a chain the hops that alerts rest on, and tells a pivot that was not seen by shape and word',
    async run(workbench, { chain }) {
      await workbench.open(`/chains/${chain.id}?hop=${chain.unseenHop}`)
      const view = new ChainView(workbench.page)
      await view.hops().filter({ hasText: 'alert' }).first().waitFor()
      assert.match((await view.selectedHop().getAttribute('aria-label')) ?? '', new RegExp(chain.unseenTarget))
      await view.accesses().filter({ hasText: 'not seen at the gateway' }).first().waitFor()
      await view.detail().getByText('Exit status').waitFor()
      await workbench.page.getByRole('combobox', { name: 'Lanes' }).selectOption('protocol')
      await workbench.addressHolds(({ searchParams }) => searchParams.get('lanes') === 'protocol')
    },
  },
  {
    name: 'finds out who saw a pasted secret and who used it, and keeps nothing of it on the page',
    async run(workbench, { secret }) {
      await workbench.open('/observables')
      const box = workbench.page.getByRole('textbox')
      await box.fill(secret.value)
      await workbench.page.getByRole('button', { name: 'Look for it' }).click()
      await workbench.page.getByRole('link', { name: new RegExp(`^as ${secret.kind}`) }).click()
      await workbench.addressHolds(({ pathname }) => pathname === `/observables/${secret.kind}/${secret.digest}`)
      await workbench.page.getByRole('heading', { name: 'Who saw it', exact: true }).waitFor()
      await workbench.page.getByRole('heading', { name: 'Who used it', exact: true }).waitFor()
      assert.ok(!(await workbench.page.content()).includes(secret.value))
    },
  },
  {
    name: 'says what a principal reached and what would have sufficed, and who touched a target',
    async run(workbench, { principal, target }) {
      await workbench.open(`/principals/${encodeURIComponent(principal)}`)
      await workbench.page
        .getByRole('table', { name: 'Reached' })
        .getByRole('row', { name: new RegExp(target) })
        .waitFor()
      await workbench.page.getByRole('button', { name: 'Copy the narrower grants' }).waitFor()
      await workbench.open(`/targets/${encodeURIComponent(target)}`)
      await workbench.page
        .getByRole('table', { name: 'Who touched it' })
        .getByRole('row', { name: new RegExp(principal) })
        .first()
        .waitFor()
    },
  },
]

const acting: AlertsClaim[] = [
  {
    name: 'acknowledges by a, and says so in the history',
    async run(workbench, { paging }) {
      await workbench.open(`/alerts/${paging.id}`)
      const alert = new AlertView(workbench.page)
      await workbench.page.getByRole('button', { name: 'Acknowledge' }).waitFor()
      await workbench.page.keyboard.press('a')
      await alert.history().filter({ hasText: 'acknowledged it' }).waitFor()
    },
  },
  {
    name: 'closes what was selected by x, with c, for a reason and not without one',
    async run(workbench, { queued }) {
      await workbench.open('/alerts?response=queue')
      const alerts = new AlertsView(workbench.page)
      await alerts
        .lines()
        .nth(queued.length - 1)
        .waitFor()
      for (const key of ['j', 'x', 'j', 'x']) await alerts.press(key)
      assert.equal(await alerts.selected().count(), queued.length)
      await workbench.page.keyboard.press('c')
      const dialog = workbench.page.getByRole('dialog')
      const close = dialog.getByRole('button', { name: 'Close with this reason' })
      await close.waitFor()
      assert.ok(await close.isDisabled())
      await dialog.getByRole('radio', { name: /^Benign/ }).check()
      await close.click()
      await workbench.page.getByText('2 alerts done.').waitFor()
    },
  },
  {
    name: 'tells who acts on an alert as it was that somebody else was quicker, and does nothing of theirs',
    async run(workbench, { queued }) {
      await workbench.open(`/alerts/${queued[0]}`)
      const alert = new AlertView(workbench.page)
      await workbench.page.getByRole('button', { name: 'Reopen' }).waitFor()
      await workbench.page.evaluate(reopenBehindThePage, queued[0])
      const complaints = workbench.complaints.length
      await alert.note('too late')
      await workbench.page.getByText('Somebody else acted first').waitFor()
      // The browser itself tells of the 409 that was asked for.
      workbench.complaints.splice(complaints)
      assert.equal(await alert.history().filter({ hasText: 'too late' }).count(), 0)
    },
  },
]

/** In the browser: what another tab would do. */
async function reopenBehindThePage(id: string): Promise<void> {
  const path = `/api/v1/alerts/${id}`
  const { revision } = (await (await fetch(path)).json()) as { revision: number }
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${path}/actions`, { method: 'POST', headers, body: JSON.stringify({ kind: 'reopen', revision }) })
  if (!answer.ok) throw new Error(await answer.text())
}

export const onAlerts: readonly AlertsClaim[] = [...reading, ...acting]
