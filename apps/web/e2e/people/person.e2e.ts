import type { Browser, BrowserContext } from 'playwright-core'
import { Workbench } from '../workbench.e2e.ts'

const WINDOW = { width: 1440, height: 900 }

/** Somebody at the workbench, in a browser of their own. */
export class Person {
  readonly workbench: Workbench

  private constructor(
    private readonly context: BrowserContext,
    workbench: Workbench,
  ) {
    this.workbench = workbench
  }

  static async arrive(browser: Browser, baseUrl: string): Promise<Person> {
    const context = await browser.newContext({ viewport: WINDOW })
    return new Person(context, new Workbench(await context.newPage(), baseUrl))
  }

  get page() {
    return this.workbench.page
  }

  /** Opens a page as nobody, and signs in at the provider as somebody. @param path where they wanted to go */
  async signIn(username: string, path = '/'): Promise<void> {
    await this.workbench.open(path)
    await this.page.getByRole('link', { name: /^Sign in with/ }).click()
    await this.page.getByRole('textbox', { name: 'User name' }).fill(username)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await this.identity().waitFor()
  }

  /** The header's own line on who this is. */
  identity() {
    return this.page.getByRole('button', { name: /^Signed in as/ })
  }

  /** In the place of something hidden. */
  forbidden(title: string) {
    return this.page.getByRole('region', { name: title })
  }

  async signOut(): Promise<void> {
    await this.identity().click()
    await this.page.getByRole('dialog', { name: 'Who is signed in' }).getByRole('button', { name: 'Sign out' }).click()
  }

  /** As when a login's time is over. */
  loseLogin(): Promise<void> {
    return this.context.clearCookies({ name: /hoptrace/ })
  }

  leave(): Promise<void> {
    return this.context.close()
  }
}
