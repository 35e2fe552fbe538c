import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ProofView, TerminalView } from '../views.e2e.ts'
import type { Workbench } from '../workbench.e2e.ts'
import { RequestsView } from './requests-view.e2e.ts'

/** Two recorded sessions: of the kinds that the builders for tests make. */
export type RequestsStory = {
  httpSessionId: string
  kubernetesSessionId: string
  /** What stands in the one and in the other, and no reader sees unless they reveal it. */
  secret: string
  kubernetesSecret: string
}

export type RequestsClaim = { name: string; run: (workbench: Workbench, story: RequestsStory) => Promise<void> }

const lines: RequestsClaim[] = [
  {
    name: 'tells a Kubernetes session in a line a request, and opens one beside them under its own address',
    async run(workbench, { kubernetesSessionId }) {
      await workbench.open(`/sessions/${kubernetesSessionId}`)
      const requests = new RequestsView(workbench.page)
      await requests.line(/^delete pods kube-system\/etcd-0 , 403 forbidden/).click()
      await workbench.addressHolds(({ searchParams }) => searchParams.has('seq'))
      await requests.detail().getByText('The gateway answered in the target’s place: not-granted').waitFor()
      await requests.detail().getByRole('link', { name: 'Proof', exact: true }).click()
      await new ProofView(workbench.page).ownHash().getByText('equal').waitFor()
    },
  },
  {
    name: 'walks requests by j and k, and closes the one that is open by Escape',
    async run(workbench, { httpSessionId }) {
      await workbench.open(`/sessions/${httpSessionId}?seq=1`)
      const requests = new RequestsView(workbench.page)
      await requests
        .detail()
        .getByRole('heading', { name: /^seq 1 / })
        .waitFor()
      await workbench.page.keyboard.press('j')
      await workbench.addressHolds(({ searchParams }) => Number(searchParams.get('seq')) > 1)
      await workbench.page.keyboard.press('k')
      await workbench.addressHolds(({ searchParams }) => searchParams.get('seq') === '1')
      await workbench.page.keyboard.press('Escape')
      await requests.detail().waitFor({ state: 'detached' })
      assert.equal(await requests.selected().count(), 0)
    },
  },
  {
    name: 'folds discovery into one line, which opens, also where the address names a request in it',
    async run(workbench, { kubernetesSessionId }) {
      await workbench.open(`/sessions/${kubernetesSessionId}`)
      const requests = new RequestsView(workbench.page)
      const folded = workbench.page.getByRole('list', { name: 'Requests of discovery' }).getByRole('link')
      await requests.discovery().waitFor()
      assert.equal(await folded.count(), 0)
      await requests.discovery().click()
      await folded.first().waitFor()
      assert.equal(await folded.count(), 9)
      await workbench.open(`/sessions/${kubernetesSessionId}?seq=5`)
      await folded.first().waitFor()
      await requests.detail().getByText('/api/v1').first().waitFor()
    },
  },
  {
    name: 'narrows requests by the tree of what was touched and by chips, in the address',
    async run(workbench, { kubernetesSessionId }) {
      await workbench.open(`/sessions/${kubernetesSessionId}`)
      const requests = new RequestsView(workbench.page)
      await requests.resource(/^Only resource pods, /).click()
      await workbench.addressHolds(({ searchParams }) => searchParams.get('resource') === 'pods')
      await requests.discovery().waitFor({ state: 'detached' })
      await requests.filter('4xx refused')
      await workbench.addressHolds(({ searchParams }) => searchParams.get('status') === '4xx')
      await requests.line(/etcd-0/).waitFor()
      await requests.line(/^list /).waitFor({ state: 'detached' })
      assert.deepEqual([await requests.lines().count(), await requests.chips().count()], [2, 2])
      await requests.filter('list')
      await workbench.page.getByRole('heading', { name: 'No request matches' }).waitFor()
      await workbench.page.getByRole('button', { name: 'Clear the filters' }).click()
      await requests.discovery().waitFor()
    },
  },
]

const details: RequestsClaim[] = [
  {
    name: 'names a tool that an agent called, with what it was told and answered, secrets masked until they are revealed',
    async run(workbench, { httpSessionId, secret }) {
      await workbench.open(`/sessions/${httpSessionId}`)
      const requests = new RequestsView(workbench.page)
      await requests.line(/open_connection/).click()
      const tool = requests.detail().getByRole('region', { name: 'Tool open_connection' })
      await tool.getByText('masked secret').first().waitFor()
      await tool.getByText('connection refused').waitFor()
      assert.ok(!(await workbench.page.content()).includes(secret))
      await requests.detail().getByRole('button', { name: 'Reveal…' }).click()
      await workbench.page.getByRole('button', { name: 'Reveal, and record it' }).click()
      await tool.getByText(secret).first().waitFor()
    },
  },
  {
    name: 'says what was withheld, in headers and in bodies, and follows what was not',
    async run(workbench, { kubernetesSessionId }) {
      await workbench.open(`/sessions/${kubernetesSessionId}?resource=secrets`)
      const requests = new RequestsView(workbench.page)
      await requests.line(/secrets shop\/ledger/).click()
      const body = requests.detail().getByRole('region', { name: 'body of the answer' })
      await body.getByText('2 values withheld').waitFor()
      assert.equal(await body.getByText('withheld', { exact: true }).count(), 2)
      await requests.detail().getByText('3 headers, 1 withheld').click()
      await requests.detail().getByRole('row', { name: 'authorization withheld' }).waitFor()
    },
  },
  {
    name: 'shows the messages of a stream, and where a redirect would have led',
    async run(workbench, { httpSessionId }) {
      await workbench.open(`/sessions/${httpSessionId}`)
      const requests = new RequestsView(workbench.page)
      await requests.line(/\/v1\/live/).click()
      const messages = requests.detail().getByRole('region', { name: 'Messages' })
      await messages.getByText('…cut here').waitFor()
      assert.equal(await messages.getByRole('list').getByRole('listitem').count(), 2)
      await requests.line(/302 found/).click()
      await requests.detail().getByText('did not follow it').waitFor()
    },
  },
  {
    name: 'opens a request by the seq of its answer',
    async run(workbench, { httpSessionId }) {
      await workbench.open(`/sessions/${httpSessionId}?seq=2`)
      const requests = new RequestsView(workbench.page)
      await requests
        .detail()
        .getByRole('heading', { name: /^seq 1 / })
        .waitFor()
      await requests.selected().waitFor()
    },
  },
  {
    name: 'plays what ran in a container beside its request, and in the player with its commands',
    async run(workbench, { kubernetesSessionId, kubernetesSecret }) {
      await workbench.open(`/sessions/${kubernetesSessionId}`)
      const requests = new RequestsView(workbench.page)
      await requests.line(/pods\/exec shop\/probe/).click()
      const program = requests.detail().getByRole('region', { name: 'Program' })
      await program.getByText('exit 0').waitFor()
      await program.getByRole('img', { name: /^Terminal of gateway-sa@prod, 100 by 28/ }).waitFor()
      await program.getByRole('button', { name: 'Play', exact: true }).click()
      const { searchParams } = await workbench.addressHolds((url) => Number(url.searchParams.get('ms')) > 7000)
      assert.ok(searchParams.has('seq'))
      await program.getByRole('link', { name: 'Open in the player' }).click()
      const terminal = new TerminalView(workbench.page)
      await terminal.commands().nth(5).getByText('exit 1').waitFor()
      await terminal.commands().nth(5).getByRole('button').click()
      await workbench.addressHolds((url) => url.searchParams.get('channel') === '1')
      assert.ok(!(await workbench.page.content()).includes(kubernetesSecret))
    },
  },
]

const edges: RequestsClaim[] = [
  {
    name: 'hands over requests as an archive that their manifest names',
    async run(workbench, { httpSessionId }) {
      await workbench.open(`/sessions/${httpSessionId}`)
      const exported = workbench.page.getByRole('navigation', { name: 'Export' })
      const archive = await workbench.download(exported.getByRole('link', { name: 'HAR' }))
      const manifest = String(await workbench.download(exported.getByRole('link', { name: 'manifest' })))
      assert.ok(manifest.includes(createHash('sha256').update(archive).digest('hex')))
    },
  },
  {
    name: 'fits a window of 390 pixels and names every control, dark and light',
    async run(workbench, { httpSessionId, kubernetesSessionId }) {
      const size = workbench.page.viewportSize()
      await workbench.page.setViewportSize({ width: 390, height: 844 })
      const paths = [`/sessions/${httpSessionId}`, `/sessions/${httpSessionId}?seq=5`, `/sessions/${kubernetesSessionId}?view=terminal`]
      for (const path of [...paths, `/sessions/${kubernetesSessionId}?seq=31`]) {
        await workbench.page.emulateMedia({ colorScheme: path.includes('seq') ? 'dark' : 'light' })
        await workbench.open(path)
        await workbench.page
          .getByText(/^Loading/)
          .first()
          .waitFor({ state: 'detached' })
        assert.deepEqual({ path, overflow: await workbench.overflow() }, { path, overflow: 0 })
        assert.deepEqual(await workbench.namelessControls(), [])
      }
      if (size !== null) await workbench.page.setViewportSize(size)
    },
  },
  {
    name: 'gave the browser no reason to complain',
    async run(workbench) {
      assert.deepEqual(
        // The stage has no gateway to ask.
        workbench.complaints.filter((complaint) => !complaint.includes('502')),
        [],
      )
    },
  },
]

/** In this order: the last looks back on all of them. */
export const requestsClaims: readonly RequestsClaim[] = [...lines, ...details, ...edges]
