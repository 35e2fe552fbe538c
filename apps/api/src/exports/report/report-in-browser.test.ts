import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aChainReport } from './a-chain-report.test-support.ts'
import { poisoned } from './poisoned.test-support.ts'
import { renderReport } from './render-report.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!CHROMIUM && process.env.CI === 'true') throw new Error('These tests need Chromium')

describe.skipIf(!CHROMIUM)('the page of a chain in a browser', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-report-'))
  const pages = { plain: renderReport(aChainReport()), hostile: renderReport(poisoned(aChainReport())) }
  let browser: Browser

  beforeAll(async () => {
    for (const [name, page] of Object.entries(pages)) writeFileSync(join(directory, `${name}.html`), page)
    browser = await chromium.launch({ ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args: ['--no-sandbox', '--disable-gpu'] })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it.each(
    ['plain', 'hostile'].flatMap((name) =>
      [1440, 390].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => [name, width, colorScheme] as const)),
    ),
  )('%s, %d wide, %s: asks for nothing, runs nothing, and fits', async (name, width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme })
    const heard: string[] = []
    page.on('request', (request) => heard.push(request.url()))
    page.on('dialog', (dialog) => heard.push(dialog.message()))
    page.on('console', (message) => heard.push(message.text()))
    const address = `file://${join(directory, `${name}.html`)}`
    await page.goto(address)
    expect(heard).toEqual([address])
    const found = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      foreign: document.querySelectorAll('script, img, iframe, link, svg style').length,
      hops: document.querySelectorAll('article.step').length,
      isSeen: document.querySelector('h1')?.checkVisibility() ?? false,
    }))
    expect(found).toEqual({ overflow: 0, foreign: 0, hops: 5, isSeen: true })
    await page.close()
  })
})
