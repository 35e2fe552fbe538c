import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Me, Right } from '../contract/index.ts'
import { OPERATOR_TOKEN, ServedApi } from '../testing/served-api.ts'
import { TestStore } from '../testing/store.ts'

let store: TestStore
let api: ServedApi
let base: string

beforeAll(async () => {
  store = await TestStore.open()
  api = await ServedApi.start({ store: store.store, publisher: { publish: async () => undefined } })
  base = api.base
})
afterAll(async () => {
  await api.close()
  await store.close()
})

const asOperator = { authorization: `Bearer ${OPERATOR_TOKEN}` }
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${base}${path}`, { headers, redirect: 'manual' })

async function mintLink(next?: string): Promise<string> {
  const body = JSON.stringify(next === undefined ? {} : { next })
  const headers = { ...asOperator, 'content-type': 'application/json' }
  const response = await fetch(`${base}/api/v1/login-links`, { method: 'POST', headers, body })
  expect(response.status).toBe(201)
  const { url } = (await response.json()) as { url: string }
  return url.slice(url.indexOf('/api/'))
}

describe('logging in', () => {
  it('answers 401 problem+json to whoever has not', async () => {
    const response = await get('/api/v1/me')
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 401, code: 'NOT_AUTHENTICATED' })
  })

  it('knows the operator by the bearer token, and nobody by another', async () => {
    const me = (await (await get('/api/v1/me', asOperator)).json()) as Me
    expect(me).toMatchObject({ subject: 'operator', tenant: 'default', method: 'bearer', via: 'operator' })
    expect(me.rights).toEqual(Right.options)
    expect((await get('/api/v1/me', { authorization: 'Bearer another' })).status).toBe(401)
  })

  it('opens a link once, with an HttpOnly SameSite cookie, at the page it names', async () => {
    const link = await mintLink('/chains/1?hop=2')
    const response = await get(link)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/chains/1?hop=2')
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^hoptrace=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
    expect((await get('/api/v1/me', { cookie: cookie.split(';', 1)[0] ?? '' })).status).toBe(200)
    expect((await get(link)).status).toBe(401)
  })

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    '/a\r\nset-cookie:x',
  ])('never sends a browser to %j', async (next) => {
    const link = new URL(await mintLink(), base)
    link.searchParams.set('next', next)
    const { headers } = await get(link.pathname + link.search)
    expect(new URL(headers.get('location') ?? '', base).origin).toBe(base)
  })

  it('refuses a forged cookie and one that logged out', async () => {
    const cookie = ((await get(await mintLink())).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    expect((await get('/api/v1/me', { cookie: cookie.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) })).status).toBe(401)
    expect((await fetch(`${base}/api/v1/logout`, { method: 'POST', headers: { cookie, origin: base } })).status).toBe(204)
    expect((await get('/api/v1/me', { cookie })).status).toBe(401)
  })

  it('takes no change from another site on the strength of a cookie', async () => {
    const cookie = ((await get(await mintLink())).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const response = await fetch(`${base}/api/v1/logout`, { method: 'POST', headers: { cookie, origin: 'http://evil.example' } })
    expect(response.status).toBe(401)
  })

  it('mints no link for a browser', async () => {
    const cookie = ((await get(await mintLink())).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const headers = { cookie, origin: base, 'content-type': 'application/json' }
    expect((await fetch(`${base}/api/v1/login-links`, { method: 'POST', headers, body: '{}' })).status).toBe(403)
  })
})

describe('every answer', () => {
  it.each(['/', '/sessions/x', '/api/v1/me', '/api/v1/nowhere'])('of %s has the security headers', async (path) => {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('names the wrong field of a request and not its value', async () => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${base}/api/v1/login`, { method: 'POST', headers, body: JSON.stringify({ token: 7, secret: 's3cret' }) })
    expect(response.status).toBe(400)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'token' }, { path: '' }] })
    expect(text).not.toContain('s3cret')
  })

  it('is a problem for a body that is not JSON', async () => {
    const response = await fetch(`${base}/api/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' })
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
  })

  it('is described by OpenAPI for those who may see it', async () => {
    expect((await get('/api/v1/openapi.json')).status).toBe(401)
    const document = (await (await get('/api/v1/openapi.json', asOperator)).json()) as { paths: Record<string, object> }
    expect(Object.keys(document.paths)).toContain('/api/v1/targets/check')
  })
})

describe('every route', () => {
  it('but login and health answers 401 to a stranger', async () => {
    const { paths } = (await (await get('/api/v1/openapi.json', asOperator)).json()) as { paths: Record<string, Record<string, object>> }
    const routes = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => [method, path] as const))
    const open: string[] = []
    for (const [method, path] of routes) {
      const response = await fetch(`${base}${path.replaceAll(/\{\w+\}/g, '1')}`, { method: method.toUpperCase(), redirect: 'manual' })
      if (response.status !== 401) open.push(`${method} ${path} ${response.status}`)
      await response.body?.cancel()
    }
    expect(routes.length).toBeGreaterThan(30)
    expect(open.sort()).toEqual([
      'get /api/v1/alive 200',
      'get /api/v1/login 400',
      'get /api/v1/login/options 200',
      'get /login/oidc 404',
      'get /login/oidc/callback 404',
      'post /api/v1/login 400',
    ])
  })
})
