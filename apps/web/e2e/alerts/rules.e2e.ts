import assert from 'node:assert/strict'
import { RuleView } from './alerts-view.e2e.ts'
import type { AlertsClaim } from './story.e2e.ts'

export const onRules: AlertsClaim[] = [
  {
    name: 'lists rules with what each raised lately, and says of one what to look at',
    async run(workbench, { paging }) {
      await workbench.open('/rules')
      const row = workbench.page.getByRole('table', { name: 'Rules' }).getByRole('row', { name: new RegExp(paging.rule.title) })
      await row.getByRole('link', { name: /^1 alert of/ }).waitFor()
      await row.getByRole('link', { name: paging.rule.title, exact: true }).click()
      await workbench.addressHolds(({ pathname }) => pathname === `/rules/${paging.rule.id}`)
      await workbench.page.getByRole('heading', { name: 'What to look at' }).waitFor()
    },
  },
  {
    name: 'marks a fault by line and column while somebody types, and leads to it',
    async run(workbench, { paging }) {
      await workbench.open(`/rules/new?from=${paging.rule.id}`)
      const rule = new RuleView(workbench.page)
      await rule.text().waitFor()
      const text = await rule.text().inputValue()
      await rule.text().fill(text.replace(/^level:.*$/m, 'level: enormous'))
      await rule
        .faults()
        .first()
        .getByRole('button', { name: /^line \d+, column \d+$/ })
        .click()
      assert.ok(await rule.text().evaluate((area) => document.activeElement === area))
      assert.ok(await rule.save().isDisabled())
      await rule.text().fill(text)
      await rule.faults().first().waitFor({ state: 'detached' })
    },
  },
  {
    name: 'lets a rule page nobody before a week of its pages was looked at',
    async run(workbench, { paging }) {
      await workbench.open(`/rules/new?from=${paging.rule.id}`)
      const rule = new RuleView(workbench.page)
      await rule.response().selectOption('page')
      await workbench.page.getByText('To page a person, look first').waitFor()
      assert.ok(await rule.save().isDisabled())
      await rule.backtest().click()
      await rule.outcome().waitFor()
      await rule.save().click()
      await workbench.addressHolds(({ pathname }) => /^\/rules\/[0-9a-f-]{36}$/.test(pathname))
      await workbench.page.getByText('your own').waitFor()
    },
  },
]
