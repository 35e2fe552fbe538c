import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { ChainView, ProofView, RunsView, SessionsView, SqlSessionView, TerminalView, TriageView } from './views.e2e.ts'
import type { Workbench } from './workbench.e2e.ts'

/** What the claims need to know of what was recorded. */
export type Story = {
  chainId: string
  /** A SQL session with an answer of at least one row and two columns. */
  sql: { sessionId: string; statementSeq: number; row: number; col: string; value: string }
  /** A terminal session with at least two commands, the second one later than the first. */
  terminalSessionId: string
  /** The principal of a live run, which the last claim revokes. */
  revocable: string
}

export type Claim = { name: string; run: (workbench: Workbench, story: Story) => Promise<void> }

const reading: Claim[] = [
  {
    name: 'says whether we are recording, and leads from a chain’s sentence to its graph',
    async run(workbench) {
      await workbench.open('/')
      const triage = new TriageView(workbench.page)
      await triage.status().waitFor()
      await triage.chains().first().getByRole('link').click()
      await new ChainView(workbench.page).hops().first().waitFor()
    },
  },
  {
    name: 'walks the hops of a chain by j and k, and shows the evidence and both moments of each',
    async run(workbench, { chainId }) {
      await workbench.open(`/chains/${chainId}`)
      const chain = new ChainView(workbench.page)
      await chain.selectedHop().waitFor()
      const first = await chain.selectedHop().getAttribute('aria-label')
      await workbench.page.keyboard.press('j')
      const { searchParams } = await workbench.addressHolds((url) => url.searchParams.has('hop'))
      assert.ok(searchParams.get('hop'))
      assert.notEqual(await chain.selectedHop().getAttribute('aria-label'), first)
      await chain.evidence().waitFor()
      await chain.moments().first().getByRole('link', { name: 'Proof' }).waitFor()
    },
  },
  {
    name: 'replays all sessions of a chain on one clock, and leads into each at that moment',
    async run(workbench, { chainId }) {
      await workbench.open(`/chains/${chainId}`)
      const chain = new ChainView(workbench.page)
      await chain.clock().getByRole('button', { name: 'Play' }).click()
      await workbench.addressHolds((url) => Number(url.searchParams.get('ms')) > 0)
      assert.equal(await chain.stands().count(), await chain.accesses().count())
      await chain.stands().first().getByRole('link').click()
      await workbench.addressHolds((url) => url.pathname.startsWith('/sessions/') && url.searchParams.has('ms'))
    },
  },
  {
    name: 'opens a SQL session at the cell that the address names',
    async run(workbench, { sql }) {
      await workbench.open(`/sessions/${sql.sessionId}?seq=${sql.statementSeq}&row=${sql.row}&col=${encodeURIComponent(sql.col)}`)
      const session = new SqlSessionView(workbench.page)
      await session.selectedCell().waitFor()
      assert.ok((await session.cellDetail().textContent())?.includes(sql.value))
    },
  },
  {
    name: 'keeps the selected cell in the address as the arrow keys move it',
    async run(workbench, { sql }) {
      await workbench.open(`/sessions/${sql.sessionId}?seq=${sql.statementSeq}&row=${sql.row}&col=0`)
      const session = new SqlSessionView(workbench.page)
      await session.selectedCell().press('ArrowRight')
      await workbench.addressHolds((url) => url.searchParams.get('col') !== '0')
    },
  },
  {
    name: 'seeks a terminal by its commands and follows in the address while it plays',
    async run(workbench, { terminalSessionId }) {
      await workbench.open(`/sessions/${terminalSessionId}`)
      const terminal = new TerminalView(workbench.page)
      await terminal.screen().waitFor()
      await terminal.commands().nth(1).getByRole('button').click()
      const before = await workbench.addressHolds((url) => Number(url.searchParams.get('ms')) > 0)
      await terminal.play().click()
      await workbench.addressHolds((url) => Number(url.searchParams.get('ms')) > Number(before.searchParams.get('ms')))
    },
  },
  {
    name: 'hands over a session as files, whose hashes their manifest names',
    async run(workbench, { terminalSessionId }) {
      await workbench.open(`/sessions/${terminalSessionId}`)
      const links = workbench.page.getByRole('navigation', { name: 'Export' }).getByRole('link')
      await links.first().waitFor()
      const files = new Map<string, Buffer>()
      for (const link of await links.all()) files.set((await link.textContent()) ?? '', await workbench.download(link))
      assert.deepEqual([...files.keys()], ['asciicast', 'JSONL', 'CSV', 'text', 'manifest'])
      const manifest = String(files.get('manifest'))
      files.delete('manifest')
      for (const [name, bytes] of files) assert.ok(manifest.includes(createHash('sha256').update(bytes).digest('hex')), name)
    },
  },
  {
    name: 'filters sessions by any value on the page, and tells no match from nothing recorded',
    async run(workbench) {
      await workbench.open('/sessions')
      const sessions = new SessionsView(workbench.page)
      await sessions.rows().first().waitFor()
      await sessions.offer('protocol ssh', 'Only this protocol')
      await workbench.addressHolds((url) => url.searchParams.get('protocol') === 'ssh')
      assert.equal(await sessions.chips().count(), 1)
      await sessions.search('zzz-no-such-word')
      await workbench.page.getByRole('heading', { name: 'No session matches' }).waitFor()
      await workbench.page.getByRole('button', { name: 'Clear the filters' }).click()
      await sessions.rows().first().waitFor()
    },
  },
  {
    name: 'computes an event’s hash in the browser and finds it equal',
    async run(workbench, { sql }) {
      await workbench.open(`/sessions/${sql.sessionId}/events/1`)
      const proof = new ProofView(workbench.page)
      await proof.ownHash().getByText('equal').waitFor()
      assert.equal(await proof.neighbours().count(), 2)
    },
  },
  {
    name: 'keeps the theme that the reader chose',
    async run(workbench) {
      await workbench.open('/health')
      await workbench.page.getByRole('button', { name: 'Theme: system; switch to light' }).click()
      await workbench.page.getByRole('button', { name: 'Theme: light; switch to dark' }).click()
      await workbench.open('/runs')
      await workbench.page.getByRole('button', { name: 'Theme: dark; switch to system' }).waitFor()
    },
  },
  {
    name: 'fits a window of 390 pixels and names every control, on every page',
    async run(workbench, { chainId, sql, terminalSessionId }) {
      const pages = ['/', '/sessions', '/chains', `/chains/${chainId}`, '/runs', '/search?q=select', '/access-log', '/health']
      pages.push(`/sessions/${sql.sessionId}`, `/sessions/${terminalSessionId}`, `/sessions/${sql.sessionId}/events/1`)
      const size = workbench.page.viewportSize()
      await workbench.page.setViewportSize({ width: 390, height: 844 })
      for (const path of pages) {
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
]

const acting: Claim[] = [
  {
    name: 'starts a run with the grants that were ticked, and shows its token once',
    async run(workbench) {
      await workbench.open('/runs')
      const runs = new RunsView(workbench.page)
      const token = await runs.start('someone-new', 'orders')
      assert.match(token, /^hop_/)
      await runs.row('someone-new').getByRole('list', { name: 'Grants' }).getByText('orders').waitFor()
      assert.ok(!(await workbench.page.content()).includes(token))
    },
  },
  {
    name: 'asks before it revokes a run, and then shows it revoked',
    async run(workbench, { revocable }) {
      await workbench.open('/')
      await new TriageView(workbench.page).revoke(revocable, 'seen by the browser test')
      await workbench.open('/runs?state=revoked')
      await workbench.page
        .getByRole('row', { name: new RegExp(revocable) })
        .first()
        .waitFor()
    },
  },
  {
    name: 'gave the browser no reason to complain: no error, no refusal by the content security policy',
    async run(workbench) {
      assert.deepEqual(workbench.complaints, [])
    },
  },
]

/** In this order: the last but one revokes a run, and the last looks back on all of them. */
export const workbenchClaims: readonly Claim[] = [...reading, ...acting]
