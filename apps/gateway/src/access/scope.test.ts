import { type AskedOfKubernetes, type AskedScope, coversScope, GrantRequest, grantAllows, readGrant } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOverridden } from './overriding-fields.ts'

function grant(text: string): GrantRequest {
  const read = readGrant(text)
  if (read.kind === 'invalid') throw new Error(read.problem)
  return read.grant
}

function kubernetes(verb: string, resource: string, namespace: string | null = 'shop'): AskedScope {
  const [named = '', subresource = null] = resource.split('/')
  const [plural = '', ...group] = named.split('.')
  return { kubernetes: { verb, resource: plural, group: group.join('.'), subresource, namespace, isDiscovery: false } }
}

function http(request: string): AskedScope {
  const [method = '', path = ''] = request.split(' ')
  return { http: { method, path, isOverridden: false } }
}

describe('a grant for Kubernetes', () => {
  const narrow = grant('prod:kubernetes,namespaces=shop,resources=pods|deployments.apps,verbs=get|list')

  it.each([
    ['get pods in a namespace of its own', kubernetes('get', 'pods')],
    ['a resource of a group that it names', kubernetes('list', 'deployments.apps')],
  ])('allows %s', (_, asked) => {
    expect(grantAllows(narrow, asked)).toBe(true)
  })

  it.each([
    ['another namespace', kubernetes('get', 'pods', 'kube-system')],
    ['all namespaces', kubernetes('list', 'pods', null)],
    ['another verb', kubernetes('delete', 'pods')],
    ['another resource', kubernetes('get', 'secrets')],
    ['a subresource of one that it names alone', kubernetes('get', 'pods/log')],
    ['the same resource of another group', kubernetes('get', 'pods.metrics.k8s.io')],
    ['a resource of the core group that it names in another', kubernetes('get', 'deployments')],
    [
      'what is no resource',
      { kubernetes: { verb: 'get', group: '', resource: null, subresource: null, namespace: null, isDiscovery: false } },
    ],
    ['a request over HTTP', http('GET /api/v1/namespaces/shop/pods')],
    ['what nobody could tell', undefined],
  ] as const)('does not allow %s', (_, asked) => {
    expect(grantAllows(narrow, asked)).toBe(false)
  })

  it('allows discovery, without which no client works', () => {
    const discovery = { verb: 'get', group: '', resource: null, subresource: null, namespace: null, isDiscovery: true }
    expect(grantAllows(grant('prod:kubernetes,namespaces=shop,verbs=delete'), { kubernetes: discovery })).toBe(true)
  })

  it('includes subresources where it says so', () => {
    const wide = grant('prod:kubernetes,resources=pods/*|deployments.apps/scale')
    expect(['pods', 'pods/log', 'deployments.apps/scale'].map((name) => grantAllows(wide, kubernetes('get', name)))).toEqual([
      true,
      true,
      true,
    ])
    expect(['deployments.apps', 'deployments.apps/status'].map((name) => grantAllows(wide, kubernetes('get', name)))).toEqual([
      false,
      false,
    ])
  })

  it.each(['exec', 'attach', 'proxy'])(
    'opens no way into a container by pods/%s with verbs that read, whatever the method',
    (subresource) => {
      const asked = ['get', 'create', 'connect'].map((verb) => kubernetes(verb, `pods/${subresource}`))
      const allowed = (text: string) => asked.map((one) => grantAllows(grant(text), one))
      expect(allowed('prod:kubernetes,resources=pods/*,verbs=get|list|watch')).toEqual([false, false, false])
      expect(allowed('prod:kubernetes,resources=pods/*,verbs=connect')).toEqual([true, true, true])
      expect(allowed('prod:kubernetes,resources=pods/*,verbs=create')).toEqual([true, true, true])
    },
  )

  it('forwards ports where it says so alone', () => {
    const asked = kubernetes('create', 'pods/portforward')
    expect([grant('prod:kubernetes'), grant('prod:kubernetes+forward')].map((one) => grantAllows(one, asked))).toEqual([false, true])
  })

  it('allows everything by not stating a scope, or by *', () => {
    for (const text of ['prod:kubernetes', 'prod:kubernetes,namespaces=*,resources=*,verbs=*']) {
      expect(grantAllows(grant(text), kubernetes('deletecollection', 'nodes', null))).toBe(true)
    }
  })
})

describe('a grant for HTTP', () => {
  const narrow = grant('billing:http,methods=GET|POST,paths=/v1/invoices/**|/v1/inv-*/lines|/health')

  it.each(['GET /v1/invoices/7', 'POST /v1/invoices/7/lines?x=1', 'GET /v1/invoices/', 'GET /v1/inv-7/lines', 'GET /health?deep=../..'])(
    'allows %s',
    (request) => {
      expect(grantAllows(narrow, http(request))).toBe(true)
    },
  )

  it.each([
    ...[
      'DELETE /v1/invoices/7',
      'get /v1/invoices/7',
      'GET /v1/invoices',
      'GET /v1',
      'GET /',
      'GET /healthy',
      'GET /health/',
      'GET /Health',
    ],
    ...[
      'GET /v1/inv-7/8/lines',
      'GET /v1/inv-7',
      'GET /v1/invoices/../admin',
      'GET /v1/invoices/%2e%2e/admin',
      'GET /v1/invoices/..%2f..%2fadmin',
    ],
    ...[
      'GET /v1/invoices/..;/admin',
      'GET /v1/invoices//admin',
      'GET /v1/invoices/%00',
      'GET //v1/invoices/7',
      'GET v1/invoices/7',
      'GET *',
    ],
  ])('does not allow %s', (request) => {
    expect(grantAllows(narrow, http(request))).toBe(false)
  })

  it('that states methods alone leaves paths to the target', () => {
    expect(grantAllows(grant('billing:http,methods=GET'), http('GET /a//../b%2f'))).toBe(true)
  })

  it.each(['x-http-method-override', 'x_http_method_override', 'x-original-url'])(
    'does not allow a request with %s, where it would have to tell',
    (name) => {
      const asked = { http: { method: 'GET', path: '/v1/invoices/7', isOverridden: isOverridden(['accept', name]) } }
      expect(['billing:http', 'billing:http,methods=GET', 'billing:http,paths=/**'].map((text) => grantAllows(grant(text), asked))).toEqual(
        [true, false, false],
      )
    },
  )
})

describe('a grant over another protocol', () => {
  it('has no scope, and asks for none', () => {
    expect(grantAllows(grant('orders:postgres'), undefined)).toBe(true)
  })
})

describe('a scope', () => {
  it.each([
    ['prod:kubernetes', 'prod:kubernetes,verbs=get'],
    ['prod:kubernetes,verbs=*', 'prod:kubernetes'],
    ['prod:kubernetes,resources=pods/*', 'prod:kubernetes,resources=pods/exec|pods,namespaces=shop'],
    ['prod:kubernetes,verbs=get|list', 'prod:kubernetes,verbs=list'],
    ['billing:http,paths=/v1/**', 'billing:http,paths=/v1/invoices/*|/v1/a/**,methods=GET'],
    ['billing:http,paths=/v1/*', 'billing:http,paths=/v1/inv-*'],
    ['billing:http,paths=/v1/a*', 'billing:http,paths=/v1/ab*c'],
    ['billing:http,paths=/v1/*c', 'billing:http,paths=/v1/a*bc'],
  ])('%s covers %s', (held, asked) => {
    expect(coversScope(grant(held), grant(asked))).toBe(true)
  })

  it.each([
    ['prod:kubernetes,verbs=get', 'prod:kubernetes'],
    ['prod:kubernetes,verbs=get', 'prod:kubernetes,verbs=*'],
    ['prod:kubernetes,verbs=get', 'prod:kubernetes,verbs=get|list'],
    ['prod:kubernetes,namespaces=shop,verbs=get', 'prod:kubernetes,verbs=get'],
    ['prod:kubernetes,resources=pods', 'prod:kubernetes,resources=pods/*'],
    ['prod:kubernetes,resources=pods/exec', 'prod:kubernetes,resources=pods/*'],
    ['prod:kubernetes,resources=pods', 'prod:kubernetes,resources=pods.metrics.k8s.io'],
    ['billing:http,methods=GET', 'billing:http,methods=GET|DELETE'],
    ['billing:http,paths=/v1/*', 'billing:http'],
    ['billing:http,paths=/**', 'billing:http'],
    ['billing:http,paths=/v1/*', 'billing:http,paths=/v1/**'],
    ['billing:http,paths=/v1/*', 'billing:http,paths=/v1/'],
    ['billing:http,paths=/v1/inv-*', 'billing:http,paths=/v1/*'],
    ['billing:http,paths=/v1/**', 'billing:http,paths=/v1'],
    ['billing:http,paths=/v1/**', 'billing:http,paths=/**'],
    ['billing:http,paths=/v1/a*b', 'billing:http,paths=/v1/a*'],
  ])('%s does not cover %s', (held, asked) => {
    expect(coversScope(grant(held), grant(asked))).toBe(false)
  })
})

describe('a child within its parent’s scope', () => {
  const some = <T>(values: readonly T[]) =>
    fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }), { nil: undefined })
  const kubernetesScope = fc.record({
    namespaces: some(['shop', 'team', '*']),
    resources: some(['pods', 'pods/*', 'pods/exec', 'pods/log', 'deployments.apps', 'deployments.apps/*', '*']),
    verbs: some(['get', 'list', 'create', 'connect', '*']),
  })
  const askedOfKubernetes: fc.Arbitrary<AskedOfKubernetes> = fc.record({
    verb: fc.constantFrom('get', 'list', 'create', 'connect', 'delete'),
    group: fc.constantFrom('', 'apps', 'metrics.k8s.io'),
    resource: fc.constantFrom('pods', 'deployments', 'secrets', null),
    subresource: fc.constantFrom(null, 'exec', 'log', 'scale', 'portforward'),
    namespace: fc.constantFrom('shop', 'team', null),
    isDiscovery: fc.boolean(),
  })

  const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 3 })
  const pathOf = (alphabet: string, tails: string[]) =>
    fc
      .tuple(fc.array(letters(alphabet), { minLength: 1, maxLength: 3 }), fc.constantFrom(...tails))
      .map(([segments, tail]) => `/${segments.join('/')}${tail}`)
  const pathPattern = pathOf('ab*', ['', '/**', '/']).filter(
    (path) => GrantRequest.safeParse({ target: 't', protocol: 'http', http: { paths: [path] } }).success,
  )
  const httpScope = fc.record({
    methods: some(['GET', 'POST', '*']),
    paths: fc.option(fc.array(pathPattern, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  const askedOverHttp = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    path: pathOf('ab', ['', '/', '/a/b', '/../a']),
    isOverridden: fc.boolean(),
  })

  /** @returns how often the child was within the parent and allowed the request: a claim about nothing proves nothing */
  function tried<T extends [unknown, unknown, unknown]>(cases: fc.Arbitrary<T>, claim: (...given: T) => 'outside' | boolean): number {
    let count = 0
    const property = fc.property(cases, (given) => {
      const isHeld = claim(...given)
      if (isHeld !== 'outside') count++
      return isHeld !== false
    })
    fc.assert(property, { numRuns: 10_000 })
    return count
  }

  it('is never allowed what the parent is not, over Kubernetes', () => {
    const count = tried(fc.tuple(kubernetesScope, kubernetesScope, askedOfKubernetes), (parent, child, asked) => {
      if (!coversScope({ kubernetes: parent }, { kubernetes: child })) return 'outside'
      if (!grantAllows({ kubernetes: child, forward: true }, { kubernetes: asked })) return 'outside'
      return grantAllows({ kubernetes: parent, forward: true }, { kubernetes: asked })
    })
    expect(count).toBeGreaterThan(50)
  })

  it('is never allowed what the parent is not, over HTTP', () => {
    const count = tried(fc.tuple(httpScope, httpScope, askedOverHttp), (parent, child, asked) => {
      if (!coversScope({ http: parent }, { http: child }) || !grantAllows({ http: child }, { http: asked })) return 'outside'
      return grantAllows({ http: parent }, { http: asked })
    })
    expect(count).toBeGreaterThan(50)
  })

  it('may hold whatever the parent holds', () => {
    fc.assert(
      fc.property(kubernetesScope, httpScope, (kubernetes, http) => {
        expect(coversScope({ kubernetes }, { kubernetes })).toBe(true)
        expect(coversScope({ http }, { http })).toBe(true)
      }),
    )
  })
})
