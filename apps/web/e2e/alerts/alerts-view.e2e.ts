import type { Page } from 'playwright-core'

/** `/alerts` */
export class AlertsView {
  constructor(private readonly page: Page) {}
  readonly list = () => this.page.getByRole('list', { name: 'Alerts', exact: true })
  readonly lines = () => this.list().getByRole('listitem')
  readonly chips = () => this.page.getByRole('list', { name: 'Filters' }).getByRole('listitem')
  /** The one that keys act on. */
  readonly current = () => this.list().locator('[aria-current="true"]')
  readonly selected = () => this.list().getByRole('checkbox', { checked: true })

  async filter(choice: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Filter…' }).click()
    await this.page.getByRole('menuitem', { name: choice, exact: true }).click()
    // Keys are the menu's until it is gone, and the focus is back on what opened it.
    await this.page.waitForFunction(() => document.activeElement?.textContent === 'Filter…')
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key)
    await this.current().waitFor()
  }
}

/** `/alerts/{id}` */
export class AlertView {
  constructor(private readonly page: Page) {}
  readonly stillOpen = () => this.page.getByRole('region', { name: 'Still open?' })
  readonly findings = () => this.page.getByRole('list', { name: 'Findings' }).getByRole('listitem')
  readonly rotate = () => this.page.getByRole('table', { name: 'Credentials to rotate' })
  readonly history = () => this.page.getByRole('list', { name: 'History' }).getByRole('listitem')

  async note(text: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Note…' }).click()
    await this.page.getByRole('dialog').getByRole('textbox').fill(text)
    await this.page.getByRole('button', { name: 'Note it' }).click()
  }
}

/** `/rules/{id}` and `/rules/new` */
export class RuleView {
  constructor(private readonly page: Page) {}
  readonly text = () => this.page.getByRole('textbox', { name: /^The rule's text/ })
  readonly faults = () => this.page.getByRole('list', { name: 'Faults' }).getByRole('listitem')
  readonly response = () => this.page.getByRole('combobox', { name: 'Response' })
  readonly save = () => this.page.getByRole('button', { name: /^Save/ })
  readonly backtest = () => this.page.getByRole('button', { name: 'Run the backtest' })
  readonly outcome = () => this.page.getByRole('status', { name: 'Backtest' })
}
