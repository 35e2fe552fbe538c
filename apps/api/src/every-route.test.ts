import { Correlator } from '@hoptrace/correlator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Me } from './contract/index.ts'
import { deviceTokens } from './testing/device-tokens.test-support.ts'
import { digestOf, RecordedTenant } from './testing/recorded-tenant.test-support.ts'
import { addressOf, type Document, listOf, type Route, requestOf, routesIn } from './testing/routes.test-support.ts'
import { SignedIn } from './testing/signed-in.test-support.ts'
import { TestStore } from './testing/store.ts'

/** What these paths name is the product's own, and the same for all. */
const OF_NO_TENANT = ['/api/v1/contract/schemas']

/** An auditor reads the api's own streams of views, and takes away files without content: not the ones that are tried here. */
const AUDITOR_STOPS = [
  'GET /api/v1/sessions/{id}/events 403',
  'GET /api/v1/sessions/{id}/events/{seq} 403',
  'GET /api/v1/sessions/{id}/export 403',
]

/** What has no list that names it. */
const NAMED_BESIDE = new Map([
  ['/api/v1/targets', { theirs: 'bastion-acme', unknown: 'bastion-nobody' }],
  ['/api/v1/observables', { theirs: digestOf('bastion.acme.internal'), unknown: digestOf('bastion.nobody.internal') }],
])

// Whatever the document holds is tried: a route that is new needs no line here.
let store: TestStore
let signedIn: SignedIn
let base: string
let routes: Route[]
let nobody: string
const roles = ['operator', 'investigator', 'responder', 'auditor']
const rightsOf = new Map<string, readonly string[]>()
const acme = new RecordedTenant('acme', Date.now() - 60_000)
const umbrella = new RecordedTenant('umbrella', Date.now() - 60_000)
/** By the list's path, an id that acme has and one that nobody has. */
const ids = new Map<string, { theirs: string; unknown: string }>()

beforeAll(async () => {
  store = await TestStore.open()
  for (const tenant of [acme, umbrella]) await tenant.store(store.store)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
  signedIn = await SignedIn.start({ store: store.store, publisher: { publish: async () => undefined } }, ['acme', 'umbrella'])
  base = signedIn.api.base
  nobody = (await deviceTokens(signedIn.provider, 'acme-nobody')).idToken
  routes = routesIn((await (await signedIn.as('acme-everything', '/api/v1/openapi.json')).json()) as Document)
  for (const role of roles) rightsOf.set(role, Me.parse(await (await signedIn.as(`acme-${role}`, '/api/v1/me')).json()).rights)
  const made = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'ci', roles: ['operator'] }),
  }
  expect((await signedIn.as('acme-everything', '/api/v1/service-tokens', made)).status).toBe(201)
  for (const list of new Set(routes.filter(isNamed).map(({ path }) => listOf(path)))) ids.set(list, await idsIn(list))
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

describe('every route', () => {
  it('is there to be tried, and every list has something to name', () => {
    expect(routes.length).toBeGreaterThan(35)
    expect([...ids.keys()]).toEqual(expect.arrayContaining(['/api/v1/sessions', '/api/v1/chains', '/api/v1/runs', '/api/v1/dead-letters']))
  })

  it('answers 401 to whoever is not signed in', async () => {
    const guarded = routes.filter(({ needs }) => needs !== null)
    expect(await answers(guarded, (route) => fetch(base + address(route), { ...requestOf(route), redirect: 'manual' }))).toEqual(
      all(guarded, 401),
    )
  })

  it('answers 403 to whoever is known and has no role', async () => {
    const guarded = routes.filter(({ needs }) => needs !== null)
    const asNobody = (route: Route) => {
      const { headers, ...init } = requestOf(route)
      return fetch(base + address(route), { ...init, redirect: 'manual', headers: { ...headers, authorization: `Bearer ${nobody}` } })
    }
    expect(await answers(guarded, asNobody)).toEqual(all(guarded, 403))
  })

  it.each(roles)('answers 403 to %s without its right', async (role) => {
    const refused = routes.filter(
      ({ needs }) => needs !== null && needs.length > 0 && !needs.some((right) => rightsOf.get(role)?.includes(right)),
    )
    expect(refused.length).toBeGreaterThan(3)
    expect(await answers(refused, (route) => signedIn.as(`acme-${role}`, address(route), requestOf(route)))).toEqual(all(refused, 403))
  })

  it('answers 404 to another tenant’s id, in the very words for one that nobody has', async () => {
    const named = routes.filter((route) => route.needs !== null && isNamed(route))
    expect(named.length).toBeGreaterThan(10)
    const asOther = (route: Route) => signedIn.as('umbrella-everything', address(route), requestOf(route))
    expect(await answers(named, asOther)).toEqual(all(named, 404))
    for (const route of named) {
      const unknown = await signedIn.as('umbrella-everything', addressOf(route, idsOf(route).unknown), requestOf(route))
      expect([nameOf(route), await unknown.text()]).toEqual([nameOf(route), await (await asOther(route)).text()])
    }
  })

  it('shows nothing of another tenant', async () => {
    const lists = routes.filter(
      ({ method, path, needs }) => needs !== null && method === 'GET' && !path.includes('{') && !path.endsWith('/stream'),
    )
    for (const route of lists) {
      const text = await (await signedIn.as('umbrella-everything', address(route))).text()
      expect([nameOf(route), acme.ids.filter((id) => text.includes(id)), text.includes('acme')]).toEqual([nameOf(route), [], false])
    }
  })

  it('lets in whoever has its right', async () => {
    const guarded = routes.filter(({ needs }) => needs !== null)
    const refused: string[] = []
    for (const route of guarded) {
      const response = await signedIn.as('acme-everything', address(route), requestOf(route))
      await response.body?.cancel()
      if (response.status === 401 || response.status === 403) refused.push(`${nameOf(route)} ${response.status}`)
    }
    // The operator's own token alone makes links that give every right.
    expect(refused).toEqual(['POST /api/v1/login-links 403'])
  })

  it('answers what is named to its own tenant', async () => {
    const named = routes.filter((route) => route.method === 'GET' && isNamed(route))
    expect(await answers(named, (route) => signedIn.as('acme-everything', address(route)))).toEqual(all(named, 200))
  })

  it.each(roles)('lets %s in where one of its rights is asked for', async (role) => {
    const open = routes.filter(({ method, needs }) => method === 'GET' && needs?.some((right) => rightsOf.get(role)?.includes(right)))
    expect(open.length).toBeGreaterThan(5)
    const refused = (await answers(open, (route) => signedIn.as(`acme-${role}`, address(route)))).filter((answer) => /40[13]$/.test(answer))
    // Files of what was said ask for content too.
    expect(refused).toEqual(role === 'auditor' ? AUDITOR_STOPS : [])
  })
})

/** Does its path name something of a tenant? */
function isNamed({ path }: Route): boolean {
  return path.includes('{') && !OF_NO_TENANT.includes(listOf(path))
}

async function answers(tried: readonly Route[], ask: (route: Route) => Promise<Response>): Promise<string[]> {
  const found: string[] = []
  for (const route of tried) {
    const response = await ask(route)
    found.push(`${nameOf(route)} ${response.status}`)
    await response.body?.cancel()
  }
  return found
}

function all(tried: readonly Route[], status: number): string[] {
  return tried.map((route) => `${nameOf(route)} ${status}`)
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

function address(route: Route): string {
  return addressOf(route, isNamed(route) ? idsOf(route).theirs : '0')
}

function idsOf({ path }: Route): { theirs: string; unknown: string } {
  const found = ids.get(listOf(path))
  if (!found) throw new Error(`${listOf(path)} lists nothing`)
  return found
}

/** Of what acme has there; of sessions the one that has a terminal to play and a request at seq 0. */
async function idsIn(list: string): Promise<{ theirs: string; unknown: string }> {
  const named = NAMED_BESIDE.get(list)
  if (named) return named
  const { items } = (await (await signedIn.as('acme-everything', list)).json()) as { items: { id: string }[] }
  const theirs = (items.find(({ id }) => id === acme.cluster.id) ?? items.find(({ id }) => acme.ids.includes(id)) ?? items[0])?.id ?? ''
  expect([list, theirs]).not.toEqual([list, ''])
  // Of the same form, so that only what is known can tell them apart.
  return { theirs, unknown: theirs.replace(/.{6}$/, (end) => (end === '000000' ? '111111' : '000000')) }
}
