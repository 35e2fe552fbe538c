import { Workbench, workbenchClaims } from '@hoptrace/web'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { browserIsMissing, openBrowser } from './browser.test-support.ts'
import type { Demo } from './demo.ts'
import { storyOf } from './story.test-support.ts'

const WINDOW = { width: 1440, height: 900 }

/** What the workbench claims, in one page of Chromium that came in by the demo's link. In order: later claims look back on earlier ones. */
export function describeWorkbench(demoOf: () => Demo): void {
  const missing = browserIsMissing()
  describe.skipIf(missing !== null)(`the workbench in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    let browser: Browser
    let workbench: Workbench
    let story: Awaited<ReturnType<typeof storyOf>>

    beforeAll(async () => {
      browser = await openBrowser()
      workbench = new Workbench(await browser.newPage({ viewport: WINDOW }), demoOf().apiUrl)
      story = await storyOf(demoOf())
      await workbench.logIn(await demoOf().loginLink('/'))
    })
    afterAll(() => browser?.close())

    for (const claim of workbenchClaims) it(claim.name, () => claim.run(workbench, story))
  })
}
