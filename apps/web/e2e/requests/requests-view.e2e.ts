import type { Page } from 'playwright-core'

/** `/sessions/{id}` of an HTTP or Kubernetes session */
export class RequestsView {
  constructor(private readonly page: Page) {}
  readonly list = () => this.page.getByRole('list', { name: 'Requests', exact: true })
  readonly line = (name: RegExp) => this.list().getByRole('link', { name }).first()
  readonly lines = () => this.list().getByRole('link')
  readonly selected = () => this.list().locator('[aria-current="true"]')
  readonly discovery = () => this.list().getByRole('button', { name: /requests? of discovery/ })
  readonly detail = () => this.page.getByRole('region', { name: 'Request', exact: true })
  readonly resource = (name: RegExp) => this.page.getByRole('navigation', { name: 'Resources' }).getByRole('button', { name })
  readonly chips = () => this.page.getByRole('list', { name: 'Filters' }).getByRole('listitem')
  readonly tab = (name: string) => this.page.getByRole('navigation', { name: 'Views of this session' }).getByRole('link', { name })

  async filter(choice: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Filter…' }).click()
    await this.page.getByRole('menuitem', { name: choice, exact: true }).click()
  }
}
