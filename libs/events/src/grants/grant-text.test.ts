import { describe, expect, it } from 'vitest'
import { Grant } from '../bodies/grant.ts'
import { GrantRequest } from './grant-request.ts'
import { grantText, readGrant } from './grant-text.ts'

describe('a grant on one line', () => {
  it.each([
    ['orders:postgres', { target: 'orders', protocol: 'postgres' }],
    ['bastion:ssh+forward', { target: 'bastion', protocol: 'ssh', forward: true }],
    [
      'prod:kubernetes+forward,namespaces=shop,resources=pods/*|deployments.apps,verbs=get|list',
      {
        target: 'prod',
        protocol: 'kubernetes',
        forward: true,
        kubernetes: { namespaces: ['shop'], resources: ['pods/*', 'deployments.apps'], verbs: ['get', 'list'] },
      },
    ],
    [
      'billing:http,methods=GET|M-SEARCH,paths=/v1/invoices/**|/v1/a,b/*',
      { target: 'billing', protocol: 'http', http: { methods: ['GET', 'M-SEARCH'], paths: ['/v1/invoices/**', '/v1/a,b/*'] } },
    ],
  ])('%s is read, and written as it was', (text, grant) => {
    const read = readGrant(text)
    expect(read).toEqual({ kind: 'grant', grant })
    expect(grantText(Grant.parse(grant))).toBe(text)
  })

  it.each([
    ['orders', 'write target:protocol'],
    ['orders:postgres+all', 'write target:protocol'],
    ['orders:oracle', 'protocol'],
    ['orders:postgres,paths=/v1', 'paths does not narrow a grant for postgres'],
    ['prod:kubernetes,namespace=shop', 'namespace does not narrow a grant for kubernetes: namespaces, resources, verbs do'],
    ['prod:kubernetes,methods=GET', 'methods does not narrow'],
    ['prod:kubernetes,verbs=get,verbs=list', 'once'],
    ['prod:kubernetes,namespaces=', 'kubernetes.namespaces'],
    ['prod:kubernetes,namespaces=team-*', 'kubernetes.namespaces'],
    ['prod:kubernetes,resources=Pods', 'kubernetes.resources'],
    ['prod:kubernetes,verbs=GET', 'kubernetes.verbs'],
    ['billing:http,methods=get', 'http.methods'],
    ['billing:http,methods=GET,path=/v1', 'path does not narrow'],
  ])('%s is refused by what is wrong with it', (text, problem) => {
    expect(readGrant(text)).toEqual({ kind: 'invalid', problem: expect.stringContaining(problem) })
  })
})

describe('a grant that is asked for', () => {
  const http = (path: string) => ({ target: 'billing', protocol: 'http', http: { paths: [path] } })

  it.each(['/', '/v1', '/v1/*/lines', '/v1/inv-*', '/**', '/v1/**', '/v1/', '/caf%C3%A9', '/~me'])('may state the path %s', (path) => {
    expect(GrantRequest.safeParse(http(path)).success).toBe(true)
  })

  it.each([
    ...[
      '',
      'v1',
      '*',
      '**',
      '/v1/**/lines',
      '/v1/a**',
      '/v1/*-*',
      '/v1/***',
      '//',
      '/v1//x',
      '/v1/../admin',
      '/v1/.',
      '/v1?x=1',
      '/v1/%2e%2e/x',
      '/v1/%41',
      '/a%2fb',
    ],
    ...['/a;b', '/a\\b', '/a b', '/café', '/%c3%a9', '/%zz', '/%00', '/%252e'],
  ])('may not state the path %j, which no request has in normal form', (path) => {
    expect(GrantRequest.safeParse(http(path)).success).toBe(false)
  })

  it('is refused with a scope that is misspelt, in place of being taken for one without', () => {
    const asked = { target: 'prod', protocol: 'kubernetes' }
    expect(GrantRequest.safeParse({ ...asked, kubernetes: { namespace: ['shop'] } }).success).toBe(false)
    expect(GrantRequest.safeParse({ ...asked, scope: { namespaces: ['shop'] } }).success).toBe(false)
    expect(GrantRequest.safeParse({ ...asked, http: { methods: ['GET'] } }).error?.issues).toEqual([
      expect.objectContaining({ path: ['http'], message: expect.stringContaining('this is one for kubernetes') }),
    ])
    expect(GrantRequest.safeParse({ ...asked, kubernetes: { namespaces: [] } }).success).toBe(false)
  })
})
