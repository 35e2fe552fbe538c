import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'

/** What a browser says when a page breaks a promise: an error in its console, or a refusal by the content security policy. */
export type Complaint = string

/** The workbench in a browser. Everything is found by role and name, as a person or a screen reader finds it. */
export class Workbench {
  readonly complaints: Complaint[] = []

  /** @param baseUrl where the api serves the workbench, without a slash at its end */
  constructor(
    readonly page: Page,
    readonly baseUrl: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      const { url } = message.location()
      // An identity provider's own pages promise nothing.
      if (message.type() === 'error' && (url === '' || url.startsWith(baseUrl))) this.complaints.push(message.text())
    })
  }

  /** Follows a one-time link, as a person pastes it into the address bar. */
  async logIn(link: string): Promise<void> {
    await this.page.goto(link)
    await this.heading().waitFor()
  }

  /** @param path with its search, `/sessions?protocol=ssh` */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.baseUrl}${path}`)
    await this.heading().waitFor()
  }

  async goTo(place: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click()
  }

  heading() {
    return this.page.getByRole('heading', { level: 1 })
  }

  /** Waits until the address holds what it should, since it follows what is done on the page. */
  async addressHolds(predicate: (address: URL) => boolean): Promise<URL> {
    await this.page.waitForURL(predicate)
    return new URL(this.page.url())
  }

  /** What a link downloads. */
  async download(link: Locator): Promise<Buffer> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), link.click()])
    return readFile(await download.path())
  }

  /** Pixels by which the page is wider than the window: 0 is right. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth))
  }

  /** Controls without a name for who cannot see them. */
  namelessControls(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('button, a[href], input, select, textarea')]
        .filter((control) => control.closest('[aria-hidden="true"]') === null)
        .filter((control) => {
          const labels = 'labels' in control ? [...((control.labels as NodeListOf<HTMLElement> | null) ?? [])] : []
          const named = control.getAttribute('aria-label') ?? control.getAttribute('aria-labelledby') ?? control.getAttribute('title')
          return `${named ?? ''}${control.textContent}${labels.map((label) => label.textContent).join('')}`.trim() === ''
        })
        .map((control) => control.outerHTML.slice(0, 200)),
    )
  }
}
