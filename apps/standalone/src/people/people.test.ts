import { Person, peopleClaims, signsInWithLink } from '@hoptrace/web'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { browserIsMissing, openBrowser } from '../demo/browser.test-support.ts'
import { OPERATOR_TOKEN, PeopleStage } from './stage.test-support.ts'

const missing = browserIsMissing()

/** People of each role at the workbench, signed in at a real provider. */
describe.skipIf(missing !== null)(`the workbench for people${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let stage: PeopleStage
  let browser: Browser
  const present: Person[] = []

  beforeAll(async () => {
    stage = await PeopleStage.start()
    browser = await openBrowser()
  })
  afterEach(async () => {
    for (const person of present.splice(0)) await person.leave()
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.stop()
  })

  const arrive = async () => {
    const person = await Person.arrive(browser, stage.url)
    present.push(person)
    return person
  }

  for (const claim of peopleClaims) it(claim.name, () => claim.run(arrive, stage.story))
})

describe.skipIf(missing !== null)('the workbench without an identity provider', () => {
  it('explains one-time links, takes a pasted one, and comes back to the page that was asked for', async () => {
    const stage = await PeopleStage.start({ hasProvider: false })
    const browser = await openBrowser()
    try {
      const minted = await fetch(`${stage.url}/api/v1/login-links`, {
        method: 'POST',
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
        body: '{}',
      })
      const { url } = (await minted.json()) as { url: string }
      await signsInWithLink(await Person.arrive(browser, stage.url), url)
    } finally {
      await browser.close()
      await stage.stop()
    }
  })
})
