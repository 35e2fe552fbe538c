import { describe, expect, it } from 'vitest'
import type { EventBody, EventType } from './bodies.ts'
import { EventChain } from './chain.ts'
import { sampleBodies } from './contract/samples.test-support.ts'
import { decodeEvent } from './decode.ts'
import { observeEvent } from './observe-event.ts'

const key = { id: 'k1', secret: Buffer.alloc(32, 7) }
const id = '019aa0c0-0000-7000-8000-000000000001'

function observed<T extends EventType>(type: T, changes: Partial<EventBody<T>>): string[] {
  const target = { name: 'billing', protocol: 'http', address: '10.0.0.5:8080', account: 'svc' } as const
  const whose = { run: null, principal: 'ana', rootPrincipal: null, lineage: [], origin: null, target }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'gw-1', bootId: id, ...whose })
  const decoded = decodeEvent(chain.next(type, { ...sampleBodies[type], ...changes }, { wallUs: 1, elapsedUs: 0 }))
  if (decoded.kind === 'rejected') throw new Error(decoded.reason)
  return observeEvent(key, decoded.event).observables.map(({ kind, role, at, value }) => `${role} ${kind} ${value ?? '-'} ${at}`)
}

const bodyOf = (text: string, mediaType = 'application/json') => ({ mediaType, encoding: null, data: { utf8: text } })
const bare = { headers: [], body: null }

describe('the observables of what came over HTTP', () => {
  it('say where a request went, by host and by URL, under either scheme', () => {
    const found = observed('http.request', { ...bare, host: 'billing.internal:8080', path: '/v1/invoices/7?full=1' })
    expect(found).toEqual(
      expect.arrayContaining([
        'target host billing.internal /host',
        'target url http://billing.internal:8080/v1/invoices/7?full=1 /path',
        'target url https://billing.internal:8080/v1/invoices/7 /path',
      ]),
    )
  })

  it('hold what the path, the headers and the body of a request name', () => {
    const body = bodyOf('{"callback":"https://hooks.example/a","password":"plain"}')
    const headers: [string, string][] = [['x-forwarded-for', '10.0.0.9']]
    expect(observed('http.request', { headers, body, path: '/login?next=10.0.0.8', host: '127.0.0.1' })).toEqual(
      expect.arrayContaining([
        'asked address 10.0.0.8 /path',
        'asked address 10.0.0.9 /headers/0/1',
        'asked host hooks.example /body/data/utf8',
        'presented credential - /body/data/utf8',
      ]),
    )
  })

  it('hold what an answer tells, where a redirect leads, and what streams bring', () => {
    const answer = { headers: [], body: bodyOf('["ledger.internal"]'), redirect: { to: 'https://else.example/', isElsewhere: true } }
    expect(observed('http.response', answer)).toEqual(
      expect.arrayContaining(['answered host ledger.internal /body/data/utf8', 'answered host else.example /redirect/to']),
    )
    expect(observed('http.message', { direction: 'toCaller', kind: 'text', data: { utf8: '{"host":"a.internal"}' } })).toEqual([
      'answered host a.internal /data/utf8',
    ])
    const event = 'event: message\ndata: {"password":"plain",\ndata: "host":"b.internal"}\n'
    expect(observed('http.message', { direction: 'toCaller', kind: 'event', data: { utf8: event } })).toEqual(
      expect.arrayContaining(['answered host b.internal /data/utf8', 'answered credential - ']),
    )
    expect(observed('http.message', { direction: 'toTarget', kind: 'text', data: { utf8: 'a.internal' } })).toEqual([
      'asked host a.internal /data/utf8',
    ])
  })

  it('name the pod that a request is about, and the pod that a program ran in', () => {
    const asked = { ...bare, path: '/api/v1/x', resource: 'pods', namespace: 'shop', name: 'web-1', subresource: 'exec' }
    expect(observed('kubernetes.request', asked)).toEqual(['target pod shop/web-1 /name'])
    expect(observed('kubernetes.exec', { namespace: 'shop', pod: 'web-1', command: ['sh', '-c', 'ping db.internal'] })).toEqual([
      'target pod shop/web-1 /pod',
      'asked host db.internal /command/2',
    ])
    expect(observed('kubernetes.forward', { namespace: 'shop', pod: 'web-1' })).toEqual(['target pod shop/web-1 /pod'])
  })

  it('name the service that a request is passed on to', () => {
    const asked = { ...bare, path: '/x', resource: 'services', subresource: 'proxy', namespace: 'shop', name: 'https:billing:8443' }
    expect(observed('kubernetes.request', asked)).toEqual(['target host billing.shop.svc.cluster.local /name'])
  })

  it('hold the arguments and the results of tools', () => {
    expect(observed('tool.call', { arguments: '{"host":"a.internal"}' })).toEqual(['asked host a.internal /arguments'])
    expect(observed('tool.result', { result: '{"content":[{"type":"text","text":"b.internal"}]}' })).toEqual([
      'answered host b.internal /result',
    ])
  })
})
