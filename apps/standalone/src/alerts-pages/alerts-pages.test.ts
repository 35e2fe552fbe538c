import { alertsClaims, Workbench } from '@hoptrace/web'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { browserIsMissing, openBrowser } from '../demo/browser.test-support.ts'
import { type AlertsStage, startAlertsStage } from './stage.test-support.ts'

const missing = browserIsMissing()

/** Alerts, rules and values in one page of Chromium, in order: the last claim looks back on all of them. */
describe.skipIf(missing !== null)(`the workbench for alerts${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let stage: AlertsStage
  let browser: Browser
  let workbench: Workbench

  beforeAll(async () => {
    stage = await startAlertsStage()
    browser = await openBrowser()
    workbench = new Workbench(await browser.newPage({ viewport: { width: 1440, height: 900 } }), stage.url)
    await workbench.logIn(await stage.loginLink())
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.stop()
  })

  for (const claim of alertsClaims) it(claim.name, () => claim.run(workbench, stage.story))
})
