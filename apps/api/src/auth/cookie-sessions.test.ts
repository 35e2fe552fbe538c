import { describe, expect, it } from 'vitest'
import { COOKIE, CookieSessions, cookieIn } from './cookie-sessions.ts'
import { type Identity, operatorOf } from './identity.ts'

const ana: Identity = { subject: 'ana', name: 'Ana', tenant: 'acme', roles: ['auditor'], mayReveal: false, via: 'oidc' }
let nowMs = 0
const sessions = (over: object = {}) =>
  new CookieSessions({ secret: 'one', operatorToken: null, lifetimeMs: 1000, isSecure: false, now: () => nowMs, ...over })
const cookieOf = (set: string, name = COOKIE) => cookieIn(set.split(';', 1)[0], name) ?? ''

describe('a login cookie', () => {
  it('says who it is, to every process that shares the secret', () => {
    expect(sessions().read(cookieOf(sessions().issue(ana)))).toEqual(ana)
    expect(sessions({ secret: 'another' }).read(cookieOf(sessions().issue(ana)))).toBeNull()
  })

  it('is another one with each login, and none of them holds for ever', () => {
    const cookies = sessions()
    const [first, second] = [cookies.issue(ana), cookies.issue(ana)].map((set) => cookieOf(set))
    expect(first).not.toBe(second)
    nowMs += 1000
    expect(cookies.read(first ?? '')).toBeNull()
  })

  it('is kept from scripts and other sites, and from plain http where the server has better', () => {
    expect(sessions().issue(ana)).toContain('; HttpOnly; SameSite=Lax')
    expect(sessions().issue(ana)).not.toContain('Secure')
    for (const set of [sessions({ isSecure: true }).issue(ana), sessions({ isSecure: true }).end(null)]) expect(set).toMatch(/; Secure$/)
  })

  it('cannot be set by another host or port where the server has https', () => {
    const secure = sessions({ isSecure: true })
    for (const set of [secure.issue(ana), secure.end(null)]) expect(set).toMatch(/^__Host-hoptrace=[^;]*; Path=\/; /)
    const given = cookieOf(secure.issue(ana), '__Host-hoptrace')
    expect(secure.in(`hoptrace=tossed; __Host-hoptrace=${given}`)).toBe(given)
    expect(secure.in(`hoptrace=${given}`)).toBeNull()
  })

  it('of the operator ends with the token that it was given for', () => {
    const given = cookieOf(sessions({ operatorToken: 'this one' }).issue(operatorOf('acme')))
    expect(sessions({ operatorToken: 'this one' }).read(given)).toMatchObject({ via: 'operator' })
    for (const operatorToken of ['another', null]) expect(sessions({ operatorToken }).read(given)).toBeNull()
    expect(sessions({ operatorToken: 'another' }).read(cookieOf(sessions().issue(ana)))).toEqual(ana)
  })

  it('cannot be made to say more', () => {
    const [text = '', mac = ''] = cookieOf(sessions().issue(ana)).split('.')
    const claim = JSON.parse(Buffer.from(text, 'base64url').toString()) as { who: object }
    const forged = Buffer.from(JSON.stringify({ ...claim, who: { ...claim.who, tenant: 'umbrella' } })).toString('base64url')
    for (const cookie of [`${forged}.${mac}`, text, `${text}.`, '', 'x'.repeat(10_000)]) expect(sessions().read(cookie)).toBeNull()
  })

  it('fits into a browser, whatever a provider calls somebody', () => {
    const long = { ...ana, subject: '名'.repeat(10_000), name: '\u0000'.repeat(10_000) }
    expect(sessions().issue(long).length).toBeLessThan(4000)
    expect(sessions().read(cookieOf(sessions().issue(long)))?.tenant).toBe('acme')
  })
})

describe('a Cookie header', () => {
  it('is read by the whole name', () => {
    expect(cookieIn('xhoptrace=1; hoptrace=two=2; hoptrace_sign_in=3', COOKIE)).toBe('two=2')
    expect(cookieIn('other=1', COOKIE)).toBeNull()
  })
})
