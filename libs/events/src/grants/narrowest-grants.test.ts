import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GrantRequest } from './grant-request.ts'
import { grantText } from './grant-text.ts'
import { type GrantedUse, narrowestGrants } from './narrowest-grants.ts'
import { grantAllows } from './scope.ts'

const http = (method: string, path: string): GrantedUse => ({ target: 'billing', protocol: 'http', http: { method, path } })
const kube = (verb: string, resource: string, namespace: string | null, more: object = {}): GrantedUse => {
  const kubernetes = { verb, group: '', resource, subresource: null, namespace, isDiscovery: false, ...more }
  return { target: 'prod', protocol: 'kubernetes', kubernetes }
}
const textsOf = (...uses: GrantedUse[]) => narrowestGrants(uses).map(grantText)

describe('the narrowest grants', () => {
  it('name each target that was used, and tunnels where one was opened', () => {
    const ssh = { target: 'bastion', protocol: 'ssh' as const }
    expect(textsOf({ target: 'orders', protocol: 'postgres' }, ssh)).toEqual(['bastion:ssh', 'orders:postgres'])
    expect(textsOf(ssh, { ...ssh, forward: true })).toEqual(['bastion:ssh+forward'])
  })

  it('grant what was used together in Kubernetes together, and what belongs to no namespace apart', () => {
    expect(
      textsOf(
        kube('get', 'pods', 'shop'),
        kube('list', 'pods', 'shop'),
        kube('get', 'pods', 'shop', { subresource: 'exec' }),
        kube('list', 'services', 'shop'),
        kube('get', 'services', 'shop'),
        kube('list', 'nodes', null),
        kube('patch', 'deployments', 'team', { group: 'apps' }),
        kube('get', 'nothing', null, { isDiscovery: true }),
      ),
    ).toEqual([
      'prod:kubernetes,namespaces=shop,resources=pods|services,verbs=get|list',
      'prod:kubernetes,namespaces=shop,resources=pods/exec,verbs=connect',
      'prod:kubernetes,resources=nodes,verbs=list',
      'prod:kubernetes,namespaces=team,resources=deployments.apps,verbs=patch',
    ])
  })

  it('grant methods and paths of HTTP, with ids as *', () => {
    expect(textsOf(http('GET', '/v1/invoices/7?x=1'), http('GET', '/v1/invoices/8'), http('POST', '/v1/invoices'))).toEqual([
      'billing:http,methods=GET,paths=/v1/invoices/*',
      'billing:http,methods=POST,paths=/v1/invoices',
    ])
  })

  it('draw paths together where there are too many of them', () => {
    const many = Array.from({ length: 90 }, (_, n) => http('GET', `/v1/of-${n}`))
    expect(textsOf(...many)).toEqual(['billing:http,methods=GET,paths=/v1/**'])
  })

  it('state no path where nobody can tell what one asks for', () => {
    expect(textsOf(http('GET', '/v1/../admin'))).toEqual(['billing:http,methods=GET'])
  })

  const name = fc.constantFrom('a', 'b', 'pods', '7', 'x-1', '**', '*', '.', '%2e', 'café')
  const anyUse: fc.Arbitrary<GrantedUse> = fc.oneof(
    fc
      .record({ method: fc.constantFrom('GET', 'POST', 'weird'), path: fc.array(name, { maxLength: 4 }) })
      .map(({ method, path }) => http(method, `/${path.join('/')}`)),
    fc
      .record({
        verb: fc.constantFrom('get', 'list', 'create', 'connect'),
        resource: fc.constantFrom('pods', 'services', 'nodes'),
        namespace: fc.constantFrom('shop', 'team', null),
        subresource: fc.constantFrom(null, 'exec', 'portforward', 'log'),
        group: fc.constantFrom('', 'apps'),
      })
      .map(({ verb, resource, namespace, ...more }) => ({
        ...kube(more.subresource === 'exec' || more.subresource === 'portforward' ? 'connect' : verb, resource, namespace, more),
        ...(more.subresource === 'portforward' ? { forward: true } : {}),
      })),
  )

  it('allow all that was done, whatever it was, and can be asked for', () => {
    fc.assert(
      fc.property(fc.array(anyUse, { maxLength: 30 }), (uses) => {
        const grants = narrowestGrants(uses)
        for (const grant of grants) expect(GrantRequest.safeParse(grant).success).toBe(true)
        for (const { target, kubernetes, http: request } of uses) {
          const asked = kubernetes ? { kubernetes } : request ? { http: { ...request, isOverridden: false } } : undefined
          expect(grants.some((grant) => grant.target === target && grantAllows(grant, asked))).toBe(true)
        }
      }),
    )
  })
})
