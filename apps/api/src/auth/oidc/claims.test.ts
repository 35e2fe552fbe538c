import { describe, expect, it } from 'vitest'
import { personIn } from './claims.ts'
import type { GroupGrant } from './oidc-options.ts'

const options = {
  claims: { name: null, tenant: 'org', groups: 'groups' },
  groups: new Map<string, readonly GroupGrant[]>([
    ['ops', ['operator']],
    ['sec', ['investigator', 'responder']],
    ['vault', ['reveal']],
  ]),
}
const ana = { sub: 'u-1', email: 'ana@acme.example', org: 'acme', groups: ['sec', 'chess'] }
const person = (claims: Record<string, unknown>, over: object = {}) => personIn(claims, { ...options, ...over }, 'default')

describe('a provider’s claims', () => {
  it('make somebody of a subject, a name, a tenant and what groups give', () => {
    expect(person(ana)).toEqual({
      kind: 'person',
      identity: {
        subject: 'u-1',
        name: 'ana@acme.example',
        tenant: 'acme',
        roles: ['investigator', 'responder'],
        mayReveal: false,
        via: 'oidc',
      },
    })
  })

  it('give secrets by a group of its own, and no role with it', () => {
    expect(person({ ...ana, groups: ['sec', 'vault'] })).toMatchObject({ identity: { mayReveal: true } })
    expect(person({ ...ana, groups: ['vault'] })).toMatchObject({ kind: 'refused', reason: 'no-role' })
  })

  it('may name groups in one string', () => {
    expect(person({ ...ana, groups: 'chess ops' })).toMatchObject({ identity: { roles: ['operator'] } })
  })

  it.each(['operator', 'service:0123456789abcdef01234567', 'oidc:operator'])('make nobody the server’s own %s', (sub) => {
    expect(person({ ...ana, sub })).toMatchObject({ identity: { subject: `oidc:${sub}` } })
  })

  it('put everybody into the server’s own tenant where none is to be claimed', () => {
    expect(person({ ...ana, org: 'umbrella' }, { claims: { ...options.claims, tenant: null } })).toMatchObject({
      identity: { tenant: 'default' },
    })
  })

  it.each([
    ['no subject', { sub: '' }, 'no-subject'],
    ['a subject that is no text', { sub: 7 }, 'no-subject'],
    ['no tenant', { org: undefined }, 'no-tenant'],
    ['a tenant that cannot be one', { org: "acme' OR 1=1" }, 'no-tenant'],
    ['no groups', { groups: undefined }, 'no-role'],
    ['groups that are no list', { groups: { sec: true } }, 'no-role'],
    ['groups that nobody mapped', { groups: ['__proto__', 'constructor', 7] }, 'no-role'],
  ])('refuse %s', (_, changed, reason) => {
    expect(person({ ...ana, ...changed })).toMatchObject({ kind: 'refused', reason })
  })
})
