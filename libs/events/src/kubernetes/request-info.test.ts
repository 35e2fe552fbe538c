import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionOf, type RequestInfo, requestInfo } from './request-info.ts'

function read(method: string, target: string): RequestInfo | null {
  const [path = '', query = ''] = target.split('?')
  return requestInfo(method, path, new URLSearchParams(query))
}

const core = { group: '', version: 'v1', subresource: null, isDiscovery: false }

describe('a request to the API server', () => {
  it.each([
    ['GET', '/api/v1/namespaces/shop/pods', { ...core, verb: 'list', resource: 'pods', namespace: 'shop', name: null }],
    ['GET', '/api/v1/namespaces/shop/pods/', { ...core, verb: 'list', resource: 'pods', namespace: 'shop', name: null }],
    ['HEAD', '/api/v1/namespaces/shop/pods/web-1', { ...core, verb: 'get', resource: 'pods', namespace: 'shop', name: 'web-1' }],
    ['GET', '/api/v1/pods?watch=true', { ...core, verb: 'watch', resource: 'pods', namespace: null, name: null }],
    ['GET', '/api/v1/pods?watch=0', { ...core, verb: 'list', resource: 'pods', namespace: null, name: null }],
    ['GET', '/api/v1/pods?watch', { ...core, verb: 'watch', resource: 'pods', namespace: null, name: null }],
    ['GET', '/api/v1/watch/namespaces/shop/secrets', { ...core, verb: 'watch', resource: 'secrets', namespace: 'shop', name: null }],
    ['GET', '/api/v1/namespaces/shop/%73ecrets/db', { ...core, verb: 'get', resource: 'secrets', namespace: 'shop', name: 'db' }],
    ['GET', '/api/v1/namespaces/shop', { ...core, verb: 'get', resource: 'namespaces', namespace: 'shop', name: 'shop' }],
    [
      'PUT',
      '/api/v1/namespaces/shop/finalize',
      { ...core, verb: 'update', resource: 'namespaces', namespace: 'shop', name: 'shop', subresource: 'finalize' },
    ],
    ['DELETE', '/api/v1/namespaces/shop/pods', { ...core, verb: 'deletecollection', resource: 'pods', namespace: 'shop', name: null }],
    [
      'GET',
      '/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dweb-1&watch=1',
      { ...core, verb: 'watch', resource: 'pods', namespace: 'shop', name: 'web-1' },
    ],
    [
      'GET',
      '/api/v1/namespaces/shop/pods/web-1/exec?command=sh',
      { ...core, verb: 'get', resource: 'pods', namespace: 'shop', name: 'web-1', subresource: 'exec' },
    ],
    [
      'POST',
      '/api/v1/namespaces/shop/services/web/proxy/v1//orders',
      { ...core, verb: 'create', resource: 'services', namespace: 'shop', name: 'web', subresource: 'proxy' },
    ],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/shop/deployments/web/scale',
      {
        verb: 'patch',
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
        subresource: 'scale',
        namespace: 'shop',
        name: 'web',
        isDiscovery: false,
      },
    ],
    [
      'POST',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      { ...core, verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles', namespace: null, name: null },
    ],
  ])('%s %s is read as the server reads it', (method, target, expected) => {
    expect(read(method, target)).toEqual(expected)
  })

  it.each(['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1', '/openapi/v3/apis/apps/v1', '/openapi/v2', '/version'])(
    '%s reads only what the server offers',
    (path) => {
      expect(read('GET', path)).toMatchObject({ verb: 'get', resource: null, isDiscovery: true })
      expect(read('POST', path)).toMatchObject({ isDiscovery: false })
    },
  )

  it.each(['/healthz', '/metrics', '/logs/kubelet.log', '/'])('%s is no resource, and no discovery', (path) => {
    expect(read('GET', path)).toMatchObject({ verb: 'get', resource: null, isDiscovery: false })
  })

  it.each([
    '/api/v1/namespaces/shop/pods/../secrets/db',
    '/api/v1/namespaces/shop/pods/%2e%2e/secrets/db',
    '/api/v1/namespaces/shop%2Fsecrets/db',
    '/api/v1/namespaces/shop%5csecrets',
    '/api/v1//namespaces/shop/pods',
    '//api/v1/pods',
    '/api/v1/namespaces//pods',
    '/api/v1/pods/%00',
    '/api/v1/pods/%ff',
    '/api/v1/pods/%',
    '/api/v1/namespaces/shop/services/web/proxy/../../../secrets',
    '/api/v1/watch',
    `/api/v1${'/a'.repeat(80)}`,
    'api/v1/pods',
  ])('%s can be read in more than one way, and is refused', (path) => {
    expect(read('GET', path)).toBeNull()
  })

  it('never throws, and never takes a resource out of a path that does not begin as one', () => {
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST', 'x'), fc.string({ unit: 'binary-ascii' }), (method, path) => {
        const info = requestInfo(method, `/${path}`, new URLSearchParams())
        if (info?.resource) expect(path).toMatch(/^(?:a|%61)/)
      }),
      { numRuns: 2000 },
    )
  })

  it('is told to people in one line', () => {
    const told = (method: string, path: string) => {
      const info = read(method, path)
      return info && actionOf(info, path)
    }
    expect(told('DELETE', '/api/v1/namespaces/shop/pods/web-1')).toBe('delete pods/web-1 in shop')
    expect(told('GET', '/api/v1/namespaces/shop/pods/web-1/log')).toBe('get pods/web-1/log in shop')
    expect(told('GET', '/apis/apps/v1/deployments')).toBe('list deployments.apps')
    expect(told('GET', '/version')).toBe('get /version')
  })
})
