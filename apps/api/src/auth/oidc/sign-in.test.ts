import { TestBrowser } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LoginOptions, Me } from '../../contract/index.ts'
import { deviceTokens } from '../../testing/device-tokens.test-support.ts'
import { SignedIn } from '../../testing/signed-in.test-support.ts'
import { TestStore } from '../../testing/store.ts'

let store: TestStore
let signedIn: SignedIn
let base: string

beforeAll(async () => {
  store = await TestStore.open()
  signedIn = await SignedIn.start({ store: store.store, publisher: { publish: async () => undefined } }, ['acme', 'umbrella'])
  base = signedIn.api.base
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

async function meOf(response: Response): Promise<Me> {
  expect(response.status).toBe(200)
  return Me.parse(await response.json())
}
const asBearer = (token: string) => fetch(`${base}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } })
const nowSeconds = () => Math.floor(Date.now() / 1000)
function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
  const { issuer, client } = signedIn.provider
  const who = { sub: 'acme-operator', name: 'An operator', groups: ['operators'], tenant: 'acme' }
  return { iss: issuer, aud: client.id, iat: nowSeconds(), exp: nowSeconds() + 60, ...who, ...more }
}

describe('signing in with a browser', () => {
  it('is offered to whoever asks', async () => {
    const options = LoginOptions.parse(await (await fetch(`${base}/api/v1/login/options`)).json())
    expect(options).toMatchObject({
      oidc: { label: 'the provider', url: '/login/oidc' },
      device: true,
      deviceClient: { clientId: 'hoptrace-cli' },
    })
  })

  it('goes to the provider with PKCE, a state and a nonce, and comes back to the page that was asked for', async () => {
    const { headers } = await fetch(`${base}/login/oidc?to=/chains/1?hop=2`, { redirect: 'manual' })
    const query = new URL(headers.get('location') ?? '').searchParams
    expect(query.get('code_challenge_method')).toBe('S256')
    for (const name of ['code_challenge', 'state', 'nonce']) expect(query.get(name)?.length).toBeGreaterThan(30)
    const { url, response } = await new TestBrowser().signIn(`${base}/login/oidc?to=/chains/1`, 'acme-operator')
    expect([new URL(url).pathname, response.status]).toEqual(['/chains/1', 404])
  })

  it('makes of claims a subject, a name, a tenant, roles and rights', async () => {
    const me = await meOf(await signedIn.as('acme-responder', '/api/v1/me'))
    expect(me).toMatchObject({
      subject: 'acme-responder',
      name: 'responder of acme',
      tenant: 'acme',
      roles: ['responder'],
      method: 'cookie',
      via: 'oidc',
    })
    expect(me.rights).toEqual(['metadata', 'content', 'respond'])
    expect((await meOf(await signedIn.as('umbrella-revealer', '/api/v1/me'))).rights).toContain('reveal')
  })

  it('tells somebody without a role so, and lets them nowhere', async () => {
    const browser = new TestBrowser()
    const { response } = await browser.signIn(`${base}/login/oidc`, 'acme-nobody')
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8'])
    expect(await response.text()).toContain('none of your groups has a role')
    expect((await browser.send(`${base}/api/v1/me`)).status).toBe(401)
  })

  it('gives each login a cookie of its own', async () => {
    const cookies = new Set<string>()
    for (let logins = 0; logins < 2; logins += 1) {
      const browser = new TestBrowser()
      await browser.signIn(`${base}/login/oidc`, 'acme-operator')
      cookies.add(browser.cookieFor(base))
    }
    expect(cookies.size).toBe(2)
  })

  it.each(['//evil.example', 'https://evil.example/', '/\\evil.example'])('never comes back to %s', async (to) => {
    const { url } = await new TestBrowser().signIn(`${base}/login/oidc?to=${encodeURIComponent(to)}`, 'acme-operator')
    expect(new URL(url).origin).toBe(base)
  })

  it('ends at the provider too', async () => {
    const { signOutUrl } = await meOf(await signedIn.as('acme-operator', '/api/v1/me'))
    expect(signOutUrl).toContain(`${signedIn.provider.issuer}/session/end?`)
    const cookie = await signedIn.cookieOf('acme-operator')
    expect((await signedIn.as('acme-operator', '/api/v1/logout', { method: 'POST' })).status).toBe(204)
    expect((await fetch(`${base}/api/v1/me`, { headers: { cookie } })).status).toBe(401)
  })
})

describe('the way back from the provider', () => {
  it('is open only to the browser that set out', async () => {
    const returned = await stoppedOnTheWayBack('acme-operator')
    const other = await new TestBrowser().open(returned.url)
    expect(other.response.status).toBe(400)
    expect((await returned.browser.open(returned.url)).url).toBe(`${base}/`)
  })

  it('is open once', async () => {
    const { browser, url } = await stoppedOnTheWayBack('acme-operator')
    await browser.open(url)
    expect((await browser.open(url)).response.status).toBe(400)
  })

  it.each(['state', 'code', 'iss'])('is closed to another %s', async (parameter) => {
    const { browser, url } = await stoppedOnTheWayBack('acme-operator')
    const forged = new URL(url)
    forged.searchParams.set(parameter, 'another')
    const { response } = await browser.open(forged.href)
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('another')
    expect((await browser.send(`${base}/api/v1/me`)).status).toBe(401)
  })

  async function stoppedOnTheWayBack(username: string): Promise<{ browser: TestBrowser; url: string }> {
    const browser = new TestBrowser()
    browser.stopAt = '/login/oidc/callback'
    const { url } = await browser.signIn(`${base}/login/oidc`, username)
    browser.stopAt = null
    return { browser, url }
  }
})

describe('a bearer token of the provider', () => {
  it('is what the command line has of the device flow', async () => {
    const { idToken } = await deviceTokens(signedIn.provider, 'umbrella-investigator')
    expect(await meOf(await asBearer(idToken))).toMatchObject({
      subject: 'umbrella-investigator',
      tenant: 'umbrella',
      roles: ['investigator'],
      method: 'bearer',
    })
  })

  it('is believed when the provider signed it', async () => {
    expect(await meOf(await asBearer(await signedIn.provider.sign(claims())))).toMatchObject({ subject: 'acme-operator' })
  })

  it.each([
    ['has expired', () => claims({ exp: nowSeconds() - 60 })],
    ['never expires', () => claims({ exp: undefined })],
    ['is not valid yet', () => claims({ nbf: nowSeconds() + 60 })],
    ['is for another', () => claims({ aud: 'another' })],
    ['is of another issuer', () => claims({ iss: 'https://another.example' })],
    ['names nobody', () => claims({ sub: undefined })],
    ['names a tenant that cannot be one', () => claims({ tenant: '../acme' })],
    ['names no tenant', () => claims({ tenant: undefined })],
  ])('is not believed when it %s', async (_, made) => {
    expect((await asBearer(await signedIn.provider.sign(made()))).status).toBe(401)
  })

  it('is not believed without a signature, or with one by a shared secret', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const alg of ['none', 'HS256']) expect((await asBearer(`${part({ alg, kid: 'test' })}.${part(claims())}.c2ln`)).status).toBe(401)
  })

  it('answers 403 when it is of somebody without a role', async () => {
    const response = await asBearer(await signedIn.provider.sign(claims({ groups: ['somewhere-else'] })))
    expect([response.status, await response.json()]).toMatchObject([403, { code: 'NOT_AUTHORISED' }])
  })
})
