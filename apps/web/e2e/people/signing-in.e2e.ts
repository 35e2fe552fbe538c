import assert from 'node:assert/strict'
import { SqlSessionView } from '../views.e2e.ts'
import type { Person } from './person.e2e.ts'
import { type PeopleClaim, placeOf } from './story.e2e.ts'

export const signingIn: PeopleClaim[] = [
  {
    name: 'asks who is there under the address that was asked for, and leads back to it',
    async run(arrive, story) {
      const person = await arrive()
      await person.signIn('investigator-kim', placeOf(story))
      await person.workbench.addressHolds(({ pathname, search }) => `${pathname}${search}` === placeOf(story))
      await new SqlSessionView(person.page).selectedCell().waitFor()
    },
  },
  {
    name: 'says who is signed in, as what and where, and signs out',
    async run(arrive) {
      const person = await arrive()
      await person.signIn('auditor-kim')
      assert.equal(await person.identity().getAttribute('aria-label'), 'Signed in as Kim the auditor, auditor, tenant acme')
      await person.signOut()
      // The provider asks whether one is to be signed out there too.
      await person.page.getByRole('heading').first().waitFor()
      await person.workbench.open('/sessions')
      await person.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    },
  },
  {
    name: 'keeps the address of who was signed out by time, shows nothing of what was read, and comes back',
    async run(arrive, story) {
      const person = await arrive()
      await person.signIn('revealer-kim', `${placeOf(story)}&reveal=1`)
      await person.page.getByText(story.secret).first().waitFor()
      await person.loseLogin()
      await person.page.getByRole('link', { name: /^Events/ }).click()
      await person.page.getByText('Your session has ended').waitFor()
      assert.equal(await person.page.getByText(story.secret).count(), 0)
      assert.ok(new URL(person.page.url()).searchParams.get('seq'))
      await person.page.getByRole('link', { name: /^Sign in with/ }).click()
      await person.workbench.addressHolds(({ searchParams }) => searchParams.get('view') === 'events')
      await person.page.getByRole('table', { name: 'Events' }).waitFor()
    },
  },
  {
    name: 'lets nobody in to whom no role was given',
    async run(arrive) {
      const person = await arrive()
      await person.workbench.open('/')
      await person.page.getByRole('link', { name: /^Sign in with/ }).click()
      await person.page.getByRole('textbox', { name: 'User name' }).fill('nobody-kim')
      await person.page.getByRole('button', { name: 'Sign in' }).click()
      await person.page.getByRole('heading', { name: 'No role here' }).waitFor()
    },
  },
]

/** Of a platform without an identity provider. @param link that logs one browser in, once */
export async function signsInWithLink(person: Person, link: string): Promise<void> {
  await person.workbench.open('/sessions?protocol=ssh')
  const wayIn = person.page.getByRole('region', { name: 'Sign in with a one-time link' })
  await wayIn.getByText('hoptrace login').waitFor()
  assert.equal(await person.page.getByRole('link', { name: /^Sign in with/ }).count(), 0)
  // A password field has no role.
  const token = wayIn.getByLabel('One-time token or link')
  await token.fill('nonsense')
  await wayIn.getByRole('button', { name: 'Sign in' }).click()
  await wayIn.getByRole('alert').waitFor()
  await token.fill(link)
  await wayIn.getByRole('button', { name: 'Sign in' }).click()
  await person.page.getByRole('table', { name: 'Sessions' }).waitFor()
  await person.workbench.addressHolds(({ pathname, searchParams }) => pathname === '/sessions' && searchParams.get('protocol') === 'ssh')
}
