import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseTraceparent, TRACEPARENT } from './traceparent.ts'
import { Tracing } from './tracing.ts'

type Received = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
  status: { code: number; message?: string }
}
type Export = { resourceSpans: { scopeSpans: { spans: Received[] }[] }[] }

describe('tracing', () => {
  let receiver: Server
  let spans: Received[]
  let url: string

  beforeEach(async () => {
    spans = []
    receiver = createServer(async (request, response) => {
      const { resourceSpans } = (await json(request)) as Export
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces`
  })
  afterEach(() => new Promise((resolve) => receiver.close(resolve)))

  const named = (name: string) => spans.filter((span) => span.name === name)

  it('follows a batch from where it is published through its handling to the store', async () => {
    const gateway = new Tracing('gateway', '1', { url, ratio: 1 })
    const ingest = new Tracing('ingest', '1', { url, ratio: 1 })
    const headers = await gateway.publishing({ 'messaging.batch.message_count': 2 }, async (carried) => carried)
    await ingest.handling([headers[TRACEPARENT], headers[TRACEPARENT]], {}, (batch) => batch.storing({}, async () => undefined))
    await Promise.all([gateway.close(), ingest.close()])
    const [publish, handle, store] = ['hoptrace.relay.publish', 'hoptrace.ingest.batch', 'hoptrace.store.insert'].flatMap(named)
    expect(spans).toHaveLength(3)
    expect(publish).toMatchObject({ attributes: [{ key: 'messaging.batch.message_count', value: { intValue: 2 } }] })
    expect(handle).toMatchObject({ traceId: publish?.traceId, parentSpanId: publish?.spanId })
    expect(store).toMatchObject({ traceId: publish?.traceId, parentSpanId: handle?.spanId })
  })

  it('keeps the traces of one batch apart', async () => {
    const tracing = new Tracing('ingest', '1', { url, ratio: 1 })
    const parents = ['a', 'b'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`)
    await tracing.handling(parents, {}, (batch) => batch.storing({}, async () => undefined))
    await tracing.close()
    expect(named('hoptrace.store.insert').map(({ traceId }) => traceId)).toEqual(['a'.repeat(32), 'b'.repeat(32)])
  })

  it('marks what failed with its code, never its message, and lets the failure through', async () => {
    const tracing = new Tracing('gateway', '1', { url, ratio: 1 })
    const failure = Object.assign(new Error('row {"password":"hunter2"}'), { code: 'EVENT_INSERT_FAILED' })
    await expect(tracing.publishing({}, () => Promise.reject(failure))).rejects.toBe(failure)
    await tracing.close()
    expect(named('hoptrace.relay.publish')).toMatchObject([{ status: { code: 2, message: 'EVENT_INSERT_FAILED' } }])
    expect(JSON.stringify(spans)).not.toContain('hunter2')
  })

  it('carries nothing on and posts nothing for a trace that is not sampled', async () => {
    const tracing = new Tracing('gateway', '1', { url, ratio: 0 })
    expect(await tracing.publishing({}, async (headers) => headers)).toEqual({})
    await tracing.handling([`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`], {}, (batch) => batch.storing({}, async () => undefined))
    await tracing.close()
    expect(spans).toEqual([])
  })

  it('is off without settings', async () => {
    const tracing = new Tracing('gateway', '1', null)
    expect(await tracing.publishing({}, async (headers) => headers)).toEqual({})
    expect(await tracing.handling(['x'], {}, (batch) => batch.storing({}, async () => 7))).toBe(7)
  })

  it('does not hold up the work when nobody receives', async () => {
    await new Promise((resolve) => receiver.close(resolve))
    const tracing = new Tracing('gateway', '1', { url, ratio: 1 })
    expect(await tracing.publishing({}, async () => 'published')).toBe('published')
    await tracing.close()
    receiver.listen(0)
  })

  it.each([
    '',
    'x',
    `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
  ])('takes no traceparent of another form: %j', (text) => expect(parseTraceparent(text)).toBeNull())
})
