import type { Page } from 'playwright-core'

/** `/` */
export class TriageView {
  constructor(private readonly page: Page) {}
  readonly status = () => this.page.getByRole('region', { name: 'Recording status' })
  readonly chains = () => this.page.getByRole('region', { name: 'Newest hop chains' }).getByRole('article')
  readonly denials = () => this.page.getByRole('table', { name: 'Recent denials' }).getByRole('row')

  async revoke(principal: string, reason: string): Promise<void> {
    await this.page.getByRole('button', { name: `Revoke the run of ${principal}` }).click()
    const dialog = this.page.getByRole('alertdialog')
    await dialog.getByRole('textbox').fill(reason)
    await dialog.getByRole('button', { name: 'Revoke and end its sessions' }).click()
    await dialog.waitFor({ state: 'detached' })
  }
}

/** `/sessions` */
export class SessionsView {
  constructor(private readonly page: Page) {}
  readonly table = () => this.page.getByRole('table', { name: 'Sessions' })
  /** Without the row of headers. */
  readonly rows = () => this.table().locator('tbody').getByRole('row')
  readonly chips = () => this.page.getByRole('list', { name: 'Filters' }).getByRole('listitem')

  async search(words: string): Promise<void> {
    const box = this.page.getByRole('searchbox', { name: 'Words in commands and statements' })
    await box.fill(words)
    await box.press('Enter')
  }

  /** Opens a value's menu and takes one of its offers: `Only this protocol`. */
  async offer(value: string, offer: string): Promise<void> {
    await this.page
      .getByRole('button', { name: `${value}: filter or go to` })
      .first()
      .click()
    await this.page.getByRole('menuitem', { name: offer }).click()
  }
}

/** `/sessions/{id}` of a SQL session */
export class SqlSessionView {
  constructor(private readonly page: Page) {}
  readonly statements = () => this.page.getByRole('list', { name: 'Statements' }).getByRole('listitem')
  readonly grid = () => this.page.getByRole('table', { name: 'Sampled answer' })
  readonly selectedCell = () => this.grid().getByRole('button', { pressed: true })
  readonly cellDetail = () => this.page.getByRole('region', { name: 'Selected cell' })
}

/** `/sessions/{id}` of a terminal session */
export class TerminalView {
  constructor(private readonly page: Page) {}
  readonly screen = () => this.page.getByRole('img', { name: /^Terminal of/ })
  readonly commands = () => this.page.getByRole('region', { name: 'Commands' }).getByRole('listitem')
  readonly play = () => this.page.getByRole('button', { name: 'Play', exact: true })
  readonly pause = () => this.page.getByRole('button', { name: 'Pause', exact: true })
  readonly position = () => this.page.getByRole('slider', { name: 'Position' })
}

/** `/chains/{id}` */
export class ChainView {
  constructor(private readonly page: Page) {}
  readonly hops = () => this.page.getByRole('list', { name: 'Hops' }).getByRole('button')
  readonly selectedHop = () => this.page.getByRole('list', { name: 'Hops' }).getByRole('button', { pressed: true })
  readonly accesses = () => this.page.getByRole('list', { name: 'Accesses' }).getByRole('listitem')
  readonly detail = () => this.page.getByRole('region', { name: /^Hop from/ })
  readonly evidence = () => this.page.getByRole('table', { name: 'Evidence' })
  readonly moments = () => this.detail().getByRole('region')
  readonly clock = () => this.page.getByRole('region', { name: 'Replay on one clock' })
  /** What each access was doing at the clock's moment. */
  readonly stands = () => this.clock().getByRole('list', { name: 'At this moment' }).getByRole('listitem')
}

/** `/runs` */
export class RunsView {
  constructor(private readonly page: Page) {}
  readonly row = (principal: string) => this.page.getByRole('table', { name: 'Agent runs' }).getByRole('row', { name: principal })

  /** Starts a run and reads its token, which is shown this once. */
  async start(principal: string, target: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Start a run' }).click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Principal' }).fill(principal)
    await dialog.getByRole('checkbox', { name: target }).check()
    await dialog.getByRole('button', { name: 'Start the run' }).click()
    const token = await dialog.getByText(/^hop_\S+$/).textContent()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
    return token ?? ''
  }
}

/** `/sessions/{id}/events/{seq}` */
export class ProofView {
  constructor(private readonly page: Page) {}
  readonly hashes = () => this.page.getByRole('table', { name: 'Hashes' })
  readonly ownHash = () => this.hashes().getByRole('row', { name: /Computed by this browser/ })
  readonly neighbours = () => this.page.getByRole('region', { name: 'Place in the chain' }).getByRole('link')
}

/** `/access-log` */
export class AccessLogView {
  constructor(private readonly page: Page) {}
  readonly rows = () => this.page.getByRole('table', { name: 'Views' }).locator('tbody').getByRole('row')
  readonly chips = () => this.page.getByRole('list', { name: 'Filters' }).getByRole('listitem')
}

/** `/health` */
export class HealthView {
  constructor(private readonly page: Page) {}
  readonly gateway = (id: string) => this.page.getByRole('table', { name: 'Gateways' }).getByRole('row').filter({ hasText: id })
  readonly spools = () => this.page.getByRole('meter', { name: 'Of the spool in use' })
  readonly todo = () => this.page.getByRole('region', { name: 'What to do' })
  readonly letters = () => this.page.getByRole('table', { name: 'Dead letters' }).locator('tbody').getByRole('row')
}
