import type { RequestLine } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { notesOf, statusOf, verbOf, whatOf } from './request-words.ts'

const line = (more: Partial<RequestLine>): RequestLine => ({
  kind: 'request',
  seq: 1,
  ms: 0,
  at: '2026-11-20T12:00:00.000000Z',
  method: 'GET',
  path: '/v1/invoices?limit=6',
  host: 'billing.internal',
  kubernetes: null,
  isDiscovery: false,
  state: 'answered',
  status: 200,
  refused: null,
  redirect: null,
  stream: null,
  durationMs: 4,
  bytesToTarget: 0,
  bytesToCaller: 10,
  isComplete: true,
  tools: [],
  toolCount: 0,
  exec: null,
  ...more,
})
const where = { verb: 'create', group: '', version: 'v1', resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-1' }

describe('a request in a line', () => {
  it('says of HTTP the method and the path', () => {
    expect([verbOf(line({})), whatOf(line({}))]).toEqual(['GET', { main: '/v1/invoices', rest: '?limit=6' }])
  })
  it('says of Kubernetes the verb, the resource and what runs there', () => {
    const exec = { seq: 3, channel: 0, command: 'sh', exitCode: 1 }
    const request = line({ kubernetes: where, exec })
    expect([verbOf(request), whatOf(request), notesOf(request)]).toEqual([
      'create',
      { main: 'pods/exec shop/web-1', rest: '$ sh' },
      ['exit 1'],
    ])
    expect(whatOf(line({ kubernetes: { ...where, group: 'apps', resource: 'deployments', subresource: null, name: null } })).main).toBe(
      'deployments.apps shop',
    )
  })
  it('says of an agent which tool it called', () => {
    expect(whatOf(line({ path: '/mcp', tools: [{ name: 'read_file', isError: null }], toolCount: 1 })).main).toBe('read_file')
  })
  it.each([
    [{ status: 200 }, '200 OK', 'good'],
    [{ status: 302, redirect: null }, '302 found', 'warn'],
    [{ status: 418 }, '418 refused', 'bad'],
    [{ status: null, state: 'unanswered' as const }, 'no answer', 'warn'],
    [{ status: null, refused: 'not-granted' }, 'refused', 'bad'],
    [{ status: 200, state: 'failed' as const }, '200 tool failed', 'bad'],
  ])('says how it went: %j', (more, text, tone) => {
    expect(statusOf(line(more))).toEqual({ text, tone })
  })
})
