import assert from 'node:assert/strict'
import { AccessLogView } from '../views.e2e.ts'
import { type PeopleClaim, placeOf } from './story.e2e.ts'

export const hiding: PeopleClaim[] = [
  {
    name: 'shows an auditor that content is hidden, why, and what may be seen instead',
    async run(arrive, story) {
      const person = await arrive()
      await person.signIn('auditor-kim', placeOf(story))
      const hidden = person.forbidden('Content is hidden')
      assert.match((await hidden.textContent()) ?? '', /right content.*investigators and responders hold it.*Kim the auditor \(auditor\)/)
      await person.page.getByRole('region', { name: 'Verification' }).getByText('complete').waitFor()
      const offered = person.page.getByRole('navigation', { name: 'Export' }).getByRole('link')
      assert.deepEqual(await offered.allTextContents(), ['CSV', 'manifest'])
      assert.deepEqual(person.workbench.complaints.filter(isNotOfSigningIn), [])
    },
  },
  {
    name: 'names the right that a page needs, without asking the server for it',
    async run(arrive) {
      const person = await arrive()
      await person.signIn('auditor-kim', '/search?q=password')
      await person.forbidden('You may not see this page').getByText('content').first().waitFor()
      await person.workbench.open('/access-log')
      await new AccessLogView(person.page).rows().first().waitFor()
      assert.deepEqual(person.workbench.complaints.filter(isNotOfSigningIn), [])
    },
  },
  {
    name: 'keeps controls in their place whose right is missing, and says which',
    async run(arrive) {
      const person = await arrive()
      await person.signIn('investigator-kim', '/runs')
      const start = person.page.getByRole('button', { name: 'Start a run: needs the right operate; operators hold it' })
      assert.equal(await start.getAttribute('aria-disabled'), 'true')
    },
  },
]

// A browser complains of every answer of 401, and that is how the workbench learns that nobody is signed in.
function isNotOfSigningIn(complaint: string): boolean {
  return !complaint.includes('status of 401')
}
