import { decodeBytes, digestValue, type EventBody, EventChain, type EventType, type FoundObservables } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aBootId, aDigestKey, aWho } from '../recording/recordings.test-support.ts'
import { LogTap } from './log-tap.ts'
import { secretsOf } from './redaction.ts'
import { WatchTap } from './watch-tap.ts'

type Appended = { type: EventType; body: EventBody<'http.message'>; found: FoundObservables | undefined }

/** A log that encodes each event as a real one does, so that a body that is no event, or too large, is a fault. */
function aLog() {
  const chain = new EventChain({ tenant: 'default', gatewayId: 'gw', bootId: aBootId, sessionId: aBootId, ...aWho })
  const appended: Appended[] = []
  const append = (type: EventType, body: EventBody<EventType>, found?: FoundObservables) => {
    chain.next(type, body, { wallUs: 0, elapsedUs: 0 }, found)
    appended.push({ type, body: body as EventBody<'http.message'>, found })
    return chain.lastSeq
  }
  return { log: { append, digestKey: aDigestKey }, appended }
}

const text = ({ body }: Appended) => decodeBytes(body.data).toString('utf8')
const pod = (name: string) => `${JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', metadata: { name, namespace: 'shop' } } })}\n`
const secret = `${JSON.stringify({ type: 'ADDED', object: { kind: 'Secret', data: { p: Buffer.from('tops3cret-Pa55').toString('base64') } } })}\n`

function watched(chunks: readonly Buffer[], resource = 'pods') {
  const { log, appended } = aLog()
  const info = { verb: 'watch', group: '', version: 'v1', resource, subresource: null, namespace: 'shop', name: null, isDiscovery: false }
  const tap = new WatchTap({ log, request: 0, isSecret: secretsOf(info), about: { resource, namespace: 'shop' } })
  for (const chunk of chunks) tap.feed(chunk)
  tap.end()
  return { tap, appended }
}

describe('a watch', () => {
  it('is recorded the same wherever its bytes are split', () => {
    const bytes = Buffer.from(pod('web-1') + secret + pod('web-2'))
    const whole = watched([bytes]).appended
    expect(whole).toHaveLength(3)
    for (let cut = 0; cut <= bytes.length; cut++) expect(watched([bytes.subarray(0, cut), bytes.subarray(cut)]).appended).toEqual(whole)
  })

  it('shows no value of a Secret, whatever was watched, and digests it', () => {
    for (const resource of ['secrets', 'pods']) {
      const [event] = watched([Buffer.from(secret)], resource).appended
      expect(event && text(event)).not.toContain(Buffer.from('tops3cret-Pa55').toString('base64'))
      const digest = digestValue(aDigestKey, 'credential', 'tops3cret-Pa55')
      expect(event?.found?.observables).toContainEqual(expect.objectContaining({ role: 'answered', digest }))
    }
  })

  it('names the pods that it shows', () => {
    const [event] = watched([Buffer.from(pod('web-1'))]).appended
    const digest = digestValue(aDigestKey, 'pod', 'shop/web-1')
    expect(event?.found?.observables).toContainEqual(expect.objectContaining({ kind: 'pod', role: 'answered', digest }))
  })

  it('counts every event, and records no more than its beginning', () => {
    const { tap, appended } = watched(Array.from({ length: 5000 }, (_, n) => Buffer.from(pod(`web-${n}`))))
    expect(tap.messages).toBe(5000)
    expect(appended.reduce((sum, event) => sum + text(event).length, 0)).toBeLessThanOrEqual(64 * 1024)
  })

  it('cuts an event that is long, says so, and does not lose the next', () => {
    const { tap, appended } = watched([Buffer.from(pod('x'.repeat(100_000)) + pod('web-2'))])
    expect(tap.messages).toBe(2)
    expect(appended[0]?.body.truncated).toEqual({ kept: 16 * 1024, total: pod('x'.repeat(100_000)).length - 1 })
    expect(appended[1] && text(appended[1])).toContain('web-2')
  })

  it('has a last word between two events, and none in the middle of one', () => {
    const between = watched([Buffer.from(pod('web-1'))]).tap.lastWord('the run was revoked')
    expect(JSON.parse(between?.toString() ?? '')).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 403 } })
    const { log } = aLog()
    const tap = new WatchTap({ log, request: 0, isSecret: null, about: {} })
    tap.feed(Buffer.from('{"type"'))
    expect(tap.lastWord('the run was revoked')).toBeNull()
  })

  it('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), fc.constantFrom('pods', 'secrets'), (chunks, resource) => {
        watched(
          chunks.map((chunk) => Buffer.from(chunk)),
          resource,
        )
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a log that is followed', () => {
  it('is recorded as its bytes, to the limit, and says what it cut', () => {
    const { log, appended } = aLog()
    const tap = new LogTap(log, 0)
    const line = Buffer.concat([Buffer.from('\x1b[31mred\xff\n', 'latin1')])
    for (let n = 0; n < 20_000; n++) tap.feed(line)
    expect(tap.messages).toBe(20_000)
    const bytes = Buffer.concat(appended.map(({ body }) => decodeBytes(body.data)))
    expect(bytes.length).toBe(64 * 1024)
    expect(bytes.subarray(0, line.length).equals(line)).toBe(true)
    expect(appended.at(-1)?.body.truncated?.total).toBeGreaterThan(0)
  })
})
