import { ServiceTokens as StoredTokens } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreatedServiceToken, Me, ServiceTokensAnswer } from '../../contract/index.ts'
import { OPERATOR_TOKEN } from '../../testing/served-api.ts'
import { SignedIn } from '../../testing/signed-in.test-support.ts'
import { TestStore } from '../../testing/store.ts'
import { ServiceTokens } from './service-tokens.ts'

let store: TestStore
let signedIn: SignedIn
const PATH = '/api/v1/service-tokens'

beforeAll(async () => {
  store = await TestStore.open()
  const options = { store: store.store, publisher: { publish: async () => undefined }, tokenPepper: 'a pepper of tests' }
  signedIn = await SignedIn.start(options, ['acme', 'umbrella'])
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

function create(by: string, body: object): Promise<Response> {
  return signedIn.as(by, PATH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}
async function created(by: string, body: object): Promise<CreatedServiceToken> {
  const response = await create(by, body)
  expect(response.status).toBe(201)
  return CreatedServiceToken.parse(await response.json())
}
const ask = (token: string, path = '/api/v1/me') => fetch(`${signedIn.api.base}${path}`, { headers: { authorization: `Bearer ${token}` } })
async function listed(by: string): Promise<ServiceTokensAnswer['items']> {
  return ServiceTokensAnswer.parse(await (await signedIn.as(by, PATH)).json()).items
}

describe('a service token', () => {
  it('is a machine’s, with the tenant of whoever made it and the roles that were asked for', async () => {
    const { token, id } = await created('acme-operator', { name: 'ci', roles: ['operator'], ttlSeconds: 3600 })
    const me = Me.parse(await (await ask(token)).json())
    expect(me).toMatchObject({
      subject: `service:${id}`,
      name: 'ci',
      tenant: 'acme',
      roles: ['operator'],
      via: 'service',
      method: 'bearer',
    })
  })

  it('is shown once, and kept as a hash', async () => {
    const { token, id } = await created('acme-operator', { name: 'once', roles: ['operator'] })
    const listing = JSON.stringify(await listed('acme-operator'))
    expect([listing.includes(id), listing.includes(token), listing.includes('secret')]).toEqual([true, false, false])
    const row = await new StoredTokens(store.store).find(id)
    expect(row?.secretHash).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(row)).not.toContain(token.split('_')[2])
  })

  it('has no right that its maker lacks', async () => {
    expect((await create('acme-operator', { name: 'reader', roles: ['investigator'] })).status).toBe(403)
    expect((await create('acme-everything', { name: 'revealer', roles: ['investigator'], mayReveal: true })).status).toBe(403)
    await created('acme-everything', { name: 'reader', roles: ['investigator', 'auditor'] })
  })

  it('makes no other token, which would outlive its own revocation', async () => {
    const { token } = await created('acme-operator', { name: 'ci', roles: ['operator'] })
    const before = (await listed('acme-operator')).length
    const response = await fetch(`${signedIn.api.base}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'heir', roles: ['operator'], ttlSeconds: 366 * 86_400 }),
    })
    expect([response.status, (await listed('acme-operator')).length]).toEqual([403, before])
  })

  it('is revoked by its own tenant alone, and then at once', async () => {
    const { token, id } = await created('acme-operator', { name: 'short', roles: ['operator'] })
    expect((await ask(token)).status).toBe(200)
    expect((await signedIn.as('umbrella-operator', `${PATH}/${id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await listed('umbrella-operator')).map((item) => item.id)).not.toContain(id)
    expect((await signedIn.as('acme-operator', `${PATH}/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(token)).status).toBe(401)
    expect((await listed('acme-operator')).find((item) => item.id === id)?.revokedAt).not.toBeNull()
  })

  it('makes no login links, which give every right', async () => {
    const { token } = await created('acme-everything', { name: 'all', roles: ['operator', 'investigator', 'responder', 'auditor'] })
    const response = await fetch(`${signedIn.api.base}/api/v1/login-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(403)
  })

  it('is nobody’s with another secret, or in another form', async () => {
    const { token } = await created('acme-operator', { name: 'guessed', roles: ['operator'] })
    for (const guess of [`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, token.slice(0, -1), 'hopsvc_', `${token}x`]) {
      expect((await ask(guess)).status).toBe(401)
    }
  })
})

describe('the tokens of machines', () => {
  const stored = () => new StoredTokens(store.store)
  const maker = { tenant: 'acme', subject: 'ana' }
  const asked = { name: 'ci', roles: ['auditor' as const], mayReveal: false, ttlMs: 60_000 }

  it('expire', async () => {
    let nowMs = Date.now()
    const tokens = new ServiceTokens(stored(), null, () => nowMs)
    const { token } = await tokens.create(maker, asked)
    expect(await tokens.identify(token)).toMatchObject({ roles: ['auditor'] })
    nowMs += 60_000
    expect(await tokens.identify(token)).toBeNull()
  })

  it('that another process revoked hold no longer than some seconds, whatever was written since', async () => {
    let nowMs = Date.now()
    const here = new ServiceTokens(stored(), null, () => nowMs)
    const there = new ServiceTokens(stored(), null, () => nowMs)
    const { token, row } = await here.create(maker, asked)
    await here.identify(token)
    await there.revoke('acme', row.tokenId)
    await stored().noteUse(row, nowMs + 1)
    nowMs += 5_001
    expect(await here.identify(token)).toBeNull()
  })

  it('tell when they were last used', async () => {
    const tokens = new ServiceTokens(stored(), null, Date.now)
    const { token, row } = await tokens.create(maker, asked)
    await tokens.identify(token)
    await expect.poll(async () => (await stored().find(row.tokenId))?.lastUsedAtMs).toBeGreaterThan(0)
  })

  it('hold only with the pepper under which they were made', async () => {
    const { token } = await new ServiceTokens(stored(), 'one', Date.now).create(maker, asked)
    expect(await new ServiceTokens(stored(), 'another', Date.now).identify(token)).toBeNull()
    expect(await new ServiceTokens(stored(), 'one', Date.now).identify(token)).not.toBeNull()
  })
})

describe('guesses', () => {
  it('are heard no more from an address after twenty wrong ones', async () => {
    const statuses: number[] = []
    for (let guesses = 0; guesses < 25; guesses += 1) statuses.push((await ask(`hopsvc_${guesses}`)).status)
    expect(statuses.at(-1)).toBe(429)
    const refused = await ask(OPERATOR_TOKEN)
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0, await refused.json()]).toMatchObject([
      429,
      true,
      { code: 'TOO_MANY_ATTEMPTS' },
    ])
    // Whoever is signed in there works on.
    expect((await signedIn.as('acme-operator', '/api/v1/me')).status).toBe(200)
  })
})
