import { decodeEvent, type SessionEvent } from '@hoptrace/events'
import { aKubernetesSession, anHttpSession } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import { outcomeOf } from './event-outcome.ts'
import { searchText } from './event-text.ts'

function eventsOf(encoded: readonly Buffer[]): SessionEvent[] {
  return encoded.map((bytes) => {
    const decoded = decodeEvent(bytes)
    if (decoded.kind === 'rejected') throw new Error(decoded.reason)
    return decoded.event
  })
}
const http = eventsOf(anHttpSession().encoded)
const cluster = eventsOf(aKubernetesSession().encoded)
const textsOf = (events: readonly SessionEvent[], type: string) => events.filter((event) => event.type === type).map(searchText)

describe('what people search for in requests', () => {
  it('is what was asked, the tools that were called with what they were told, and why something was refused', () => {
    expect(textsOf(http, 'http.request')).toContain('POST billing.internal/v1/invoices')
    expect(textsOf(http, 'tool.call')).toContain('search_invoices {"query":"overdue","limit":5}')
    expect(textsOf(http, 'http.response').join()).toContain('did not answer within 30 s')
  })

  it('is the resource and the action, and what ran in a container; nothing of discovery', () => {
    const texts = textsOf(cluster, 'kubernetes.request')
    expect(texts).toContain('delete pods/etcd-0 in kube-system DELETE /api/v1/namespaces/kube-system/pods/etcd-0')
    expect(texts.filter((text) => text === '')).toHaveLength(9)
    expect(textsOf(cluster, 'kubernetes.exec')).toContain('cat /etc/ledger/ledger.env web-7c9d app')
  })
})

it('says how requests, tools and programs ended, and which of them failed', () => {
  const ends = [...http, ...cluster].map((event) => ({ type: event.type, ...outcomeOf(event) })).filter(({ outcome }) => outcome !== '')
  expect(ends).toEqual(
    expect.arrayContaining([
      { type: 'http.response', outcome: '200', isFailure: false },
      { type: 'http.response', outcome: '404', isFailure: true },
      { type: 'http.response', outcome: '504', isFailure: true },
      { type: 'tool.result', outcome: 'error', isFailure: true },
      { type: 'kubernetes.exit', outcome: '1', isFailure: true },
      { type: 'kubernetes.forward', outcome: 'closed', isFailure: false },
    ]),
  )
})
