import { requestInfo } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { clusterPath } from './cluster-path.ts'
import { acceptable, offered, sentHeaders, tokenAmong } from './sent-headers.ts'

function about(path: string) {
  const info = requestInfo('GET', path.split('?')[0] ?? '', new URLSearchParams(path.split('?')[1]))
  if (info === null) throw new Error('no such path')
  return info
}
const pods = about('/api/v1/namespaces/shop/pods')
const exec = about('/api/v1/namespaces/shop/pods/web-1/exec')
const forward = about('/api/v1/namespaces/shop/pods/web-1/portforward')

describe('the header fields of a request on their way', () => {
  it.each([
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 'application/json'],
    ['application/vnd.kubernetes.protobuf', 'application/json'],
    ['application/yaml, application/cbor, */*', 'application/json'],
    ['application/jsonx', 'application/json'],
    ['', 'application/json'],
  ])('ask for objects in JSON alone: %j', (accept, sent) => {
    expect(acceptable(pods, accept)).toBe(sent)
  })

  it.each(['/openapi/v2', '/api/v1/namespaces/shop/pods/web-1/log', '/api/v1/namespaces/shop/services/web/proxy/x'])(
    'ask for whatever the caller wants of %s',
    (path) => {
      expect(acceptable(about(path), 'application/x-protobuf, */*')).toBe('application/x-protobuf, */*')
    },
  )

  it('offer the subprotocols that can be recorded, and hide tokens among them', () => {
    const token = `base64url.bearer.authorization.k8s.io.${Buffer.from('s3cret').toString('base64url')}`
    expect(offered(exec, `${token}, base64.channel.k8s.io, v5.channel.k8s.io,v4.channel.k8s.io, channel.k8s.io`)).toEqual([
      'v5.channel.k8s.io',
      'v4.channel.k8s.io',
    ])
    expect(offered(forward, 'SPDY/3.1+portforward.k8s.io')).toEqual(['SPDY/3.1+portforward.k8s.io'])
    expect(offered(pods, 'v5.channel.k8s.io')).toEqual([])
    expect([tokenAmong(`v5.channel.k8s.io, ${token}`), tokenAmong('v5.channel.k8s.io')]).toEqual(['s3cret', null])
  })

  it('ask for streams as they are, since they are read as they pass', () => {
    const fields = ['Accept-Encoding', 'gzip', 'X-Other', '1']
    expect(sentHeaders(about('/api/v1/pods?watch=true'), fields)).toEqual(['X-Other', '1'])
    expect(sentHeaders(pods, fields)).toEqual(fields)
  })
})

describe('the address of a cluster at the gateway', () => {
  it.each([
    ['/clusters/prod', { name: 'prod', path: '/' }],
    ['/clusters/prod/', { name: 'prod', path: '/' }],
    ['/clusters/prod?x=1', { name: 'prod', path: '/?x=1' }],
    ['/clusters/prod/api/v1/pods?watch=1', { name: 'prod', path: '/api/v1/pods?watch=1' }],
    ['/clusters/a.b_c-d@e//api', { name: 'a.b_c-d@e', path: '//api' }],
  ])('%s names it, and leaves the rest as it is', (url, place) => {
    expect(clusterPath(url)).toEqual(place)
  })

  it.each([
    '/',
    '/api',
    '/clusters',
    '/clusters/',
    '/clusters//api',
    '/clusters/%70rod/api',
    '/clusters/../api',
    '/clusters/prod/#x',
    'clusters/prod',
  ])('%s names none', (url) => {
    expect(clusterPath(url)).toBeNull()
  })
})
