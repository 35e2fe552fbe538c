import assert from 'node:assert/strict'
import { onAlerts } from './alerts.e2e.ts'
import { onRules } from './rules.e2e.ts'
import type { AlertsClaim, AlertsStory } from './story.e2e.ts'

export type { AlertsClaim, AlertsStory } from './story.e2e.ts'

const pagesOf = ({ paging, chain, secret, principal, target }: AlertsStory) => [
  ...['/', '/alerts', `/alerts/${paging.id}`, '/suppressions', '/rules', `/rules/${paging.rule.id}`, '/rules/new', '/exports'],
  ...['/observables', `/observables/${secret.kind}/${secret.digest}`, `/principals/${principal}`, `/targets/${target}`],
  `/chains/${chain.id}?hop=${chain.unseenHop}`,
]

const onAll: AlertsClaim[] = [
  {
    name: 'fits a window of 390 pixels and names every control, on every page about alerts',
    async run(workbench, story) {
      const size = workbench.page.viewportSize()
      await workbench.page.setViewportSize({ width: 390, height: 844 })
      for (const path of pagesOf(story)) {
        await workbench.open(path)
        await workbench.page
          .getByText(/^Loading/)
          .first()
          .waitFor({ state: 'detached' })
        assert.deepEqual({ path, overflow: await workbench.overflow() }, { path, overflow: 0 })
        assert.deepEqual(await workbench.namelessControls(), [])
      }
      if (size !== null) await workbench.page.setViewportSize(size)
    },
  },
  {
    name: 'gave the browser no reason to complain about alerts: no error, no refusal by the content security policy',
    async run(workbench) {
      assert.deepEqual(workbench.complaints, [])
    },
  },
]

/** In this order: later claims look back on earlier ones. */
export const alertsClaims: readonly AlertsClaim[] = [...onAlerts, ...onRules, ...onAll]
