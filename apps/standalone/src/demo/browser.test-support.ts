import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Null when there is a browser, or why not. With CI=true a missing one is an error when it is opened. */
export function browserIsMissing(): string | null {
  return CHROMIUM || process.env.CI === 'true' ? null : 'Chromium is not installed'
}

/** The system's Chromium, which asks nothing of the network but what a page does. */
export function openBrowser(): Promise<Browser> {
  if (!CHROMIUM) throw new Error('The workbench test needs Chromium, which is not installed')
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet]
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args })
}
