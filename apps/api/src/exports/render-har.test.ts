import { canonicalJson } from '@hoptrace/events'
import { aKubernetesSession, anHttpSession, HTTP_SECRET, HttpSessionBuilder } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import { eventOf } from '../events/event-row.ts'
import { maskedEvents } from '../masking/masked-events.ts'
import { renderHar } from './render-har.ts'
import type { StoredEvent } from './stored-event.ts'

async function* stored(encoded: readonly Buffer[]): AsyncGenerator<StoredEvent> {
  for (const bytes of encoded) {
    const { hash, ...rest } = JSON.parse(String(bytes)) as { hash: string }
    const content = canonicalJson(rest)
    yield { event: eventOf({ seq: 0, content, hash }), content, hash }
  }
}

type Entry = {
  startedDateTime: string
  time: number
  request: { method: string; url: string; headers: { name: string; value: string }[]; queryString: unknown[]; postData?: { text: string } }
  response: { status: number; content: { text?: string; size: number; comment?: string }; redirectURL: string }
  comment: string
}
async function harOf(events: AsyncIterable<StoredEvent>): Promise<Entry[]> {
  let text = ''
  for await (const piece of renderHar(events)) text += piece
  const { log } = JSON.parse(text) as { log: { version: string; entries: Entry[] } }
  expect(log.version).toBe('1.2')
  return log.entries
}
const entryOf = (entries: readonly Entry[], url: string) => entries.find(({ request }) => request.url.includes(url))

describe('an HTTP archive', () => {
  it('has one entry a request, with its answer', async () => {
    const session = anHttpSession()
    const entries = await harOf(stored(session.encoded))
    expect(entries).toHaveLength(session.encoded.filter((bytes) => bytes.includes('"type":"http.request"')).length)
    expect(entryOf(entries, '/v1/invoices?limit=6')).toMatchObject({
      time: 34.4,
      request: { method: 'GET', url: 'http://billing.internal/v1/invoices?limit=6', queryString: [{ name: 'limit', value: '6' }] },
      response: { status: 200, content: { text: expect.stringContaining('"customer":"c-410"') } },
      timings: { wait: 34, receive: expect.closeTo(0.4) },
    })
    expect(entries.every(({ startedDateTime }) => !Number.isNaN(Date.parse(startedDateTime)))).toBe(true)
  })

  it('says what was withheld, what is not whole, what the gateway answered, and what nobody did', async () => {
    const entries = await harOf(stored(anHttpSession().encoded))
    expect(entryOf(entries, '/v1/admin/settings')?.request.headers).toContainEqual(
      expect.objectContaining({ name: 'authorization', value: '(never recorded)' }),
    )
    expect(entryOf(entries, '/pdf')?.response.content).toMatchObject({
      size: 184_220,
      comment: 'not textual: only its digest was recorded',
    })
    expect(entryOf(entries, '/v1/reconcile')?.comment).toContain('answered by the gateway')
    expect(entryOf(entries, '/v1/live')?.comment).toContain('not whole: the caller went away')
    expect(entryOf(entries, '/v1/reports')).toMatchObject({ response: { status: 0 }, comment: 'no answer was recorded' })
    expect(entries.some(({ response }) => response.redirectURL.startsWith('https://login.example.com/'))).toBe(true)
  })

  it('hides secrets where they are hidden', async () => {
    expect(JSON.stringify(await harOf(maskedEvents(stored(anHttpSession().encoded))))).not.toContain(HTTP_SECRET)
  })

  it('tells the requests of a Kubernetes session too', async () => {
    const entries = await harOf(stored(aKubernetesSession().encoded))
    expect(entryOf(entries, '/pods/etcd-0')).toMatchObject({
      request: { url: 'https://10.0.0.1:6443/api/v1/namespaces/kube-system/pods/etcd-0' },
      _kubernetes: { verb: 'delete', resource: 'pods', namespace: 'kube-system' },
    })
  })

  it('holds no more than so many that never ended', async () => {
    const session = new HttpSessionBuilder()
    for (let n = 0; n < 1200; n += 1) session.ask('GET', `/${n}`)
    expect(await harOf(stored(session.encoded))).toHaveLength(1200)
  })

  it('is whole where a session has no request', async () => {
    expect(await harOf(stored([]))).toEqual([])
  })
})
