import { decodeEvent, type SessionEvent, walkSequence } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImportFile } from '../import-cast.ts'
import { importAudit, inspectAudit } from './import-audit.ts'

const AS = { tenant: 'default', target: 'prod' }
const BEGAN = Date.UTC(2026, 9, 3, 9)

type Wanted = Record<string, unknown> & { at?: number; tookMs?: number }

/** An audit event of its own, as an API server writes it; `at` in seconds. */
function anAuditEvent({ at = 0, tookMs = 5, ...rest }: Wanted = {}) {
  const moment = (ms: number) => new Date(BEGAN + at * 1000 + ms).toISOString().replace('Z', '250Z')
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `audit-${at}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods/web-1',
    verb: 'get',
    user: { username: 'ana', groups: ['system:authenticated'] },
    sourceIPs: ['192.0.2.7'],
    userAgent: 'kubectl/v1.33.2',
    objectRef: { resource: 'pods', namespace: 'shop', name: 'web-1', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: moment(0),
    stageTimestamp: moment(tookMs),
    ...rest,
  }
}

const fileOf = (text: string | Buffer, chunk = 1000): ImportFile => ({
  name: 'audit.log',
  async *open() {
    const bytes = Buffer.from(text as string)
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  },
})
const linesOf = (...events: unknown[]) => events.map((event) => JSON.stringify(event)).join('\n')

async function imported(text: string | Buffer, chunk?: number) {
  const file = fileOf(text, chunk)
  const inspected = await inspectAudit(file, AS)
  const encoded: Buffer[] = []
  for await (const event of importAudit(file, AS, inspected)) encoded.push(event)
  const sessions = new Map<string, SessionEvent[]>()
  for (const bytes of encoded) {
    const decoded = decodeEvent(bytes)
    if (decoded.kind === 'rejected') throw new Error(decoded.reason)
    sessions.set(decoded.event.sessionId, [...(sessions.get(decoded.event.sessionId) ?? []), decoded.event])
  }
  return { inspected, encoded, sessions: [...sessions.values()] }
}

const typesOf = (sessions: SessionEvent[][]) => sessions.map((events) => events.map(({ type }) => type))
const only = <T extends SessionEvent['type']>(sessions: SessionEvent[][], type: T) =>
  sessions.flat().filter((event) => event.type === type) as Extract<SessionEvent, { type: T }>[]

describe('an audit log of a Kubernetes API server', () => {
  it('becomes a session of requests and their answers, of who asked', async () => {
    const { sessions, inspected } = await imported(linesOf(anAuditEvent({ responseObject: { kind: 'Pod' } })))
    expect(typesOf(sessions)).toEqual([['session.started', 'kubernetes.request', 'http.response', 'session.ended']])
    expect(walkSequence(sessions[0] ?? [], null)).toMatchObject({ completeness: 'complete', events: 4 })
    const [started, request, response] = sessions[0] ?? []
    expect(started).toMatchObject({
      principal: 'ana',
      rootPrincipal: null,
      origin: { address: '192.0.2.7', client: 'kubectl/v1.33.2' },
      target: { name: 'prod', protocol: 'kubernetes', account: 'ana' },
      body: { imported: { file: 'audit.log', sha256: inspected.sha256, format: 'kubernetes-audit' } },
    })
    expect(request).toMatchObject({
      ts: String(BEGAN * 1000 + 250),
      body: {
        method: 'GET',
        verb: 'get',
        resource: 'pods',
        namespace: 'shop',
        name: 'web-1',
        group: '',
        version: 'v1',
        isDiscovery: false,
      },
    })
    expect(response?.body).toMatchObject({ request: 1, status: 200, body: { data: { utf8: '{"kind":"Pod"}' } }, end: { durationUs: 5000 } })
  })

  it('folds the stages of one request, and tells the end of a watch apart', async () => {
    const watch = {
      verb: 'watch',
      requestURI: '/api/v1/pods?watch=true',
      auditID: 'watch',
      objectRef: { resource: 'pods', apiVersion: 'v1' },
    }
    const { sessions } = await imported(
      linesOf(
        anAuditEvent({ stage: 'RequestReceived', responseStatus: undefined }),
        anAuditEvent({ requestObject: { a: 1 } }),
        anAuditEvent({ ...watch, stage: 'RequestReceived', at: 1 }),
        anAuditEvent({ ...watch, stage: 'ResponseStarted', at: 1 }),
        anAuditEvent({ ...watch, at: 1, tookMs: 400_000 }),
      ),
    )
    const types = [
      'session.started',
      'kubernetes.request',
      'http.response',
      'kubernetes.request',
      'http.response',
      'http.ended',
      'session.ended',
    ]
    expect(typesOf(sessions)).toEqual([types])
    expect(only(sessions, 'kubernetes.request')[0]?.body.body).toMatchObject({ data: { utf8: '{"a":1}' } })
    expect(only(sessions, 'http.response')[1]?.body).toMatchObject({ request: 3, stream: 'watch' })
    expect(only(sessions, 'http.ended')[0]?.body).toMatchObject({ request: 3, durationUs: 400_000_000, isComplete: true })
  })

  it('keeps a request that was never answered, and says of one that panicked that it did', async () => {
    const { sessions } = await imported(
      linesOf(anAuditEvent({ stage: 'RequestReceived' }), anAuditEvent({ at: 1, stage: 'Panic', responseStatus: { code: 500 } })),
    )
    const types = ['session.started', 'kubernetes.request', 'http.response', 'kubernetes.request', 'session.ended']
    expect(typesOf(sessions)).toEqual([types])
    expect(only(sessions, 'http.response')[0]?.body.end).toMatchObject({ isComplete: false, message: 'the API server panicked' })
  })

  it('makes a session a caller, by user, address and client, until nothing was asked for a while', async () => {
    const { sessions, inspected } = await imported(
      linesOf(
        anAuditEvent({ at: 0 }),
        anAuditEvent({ at: 1, user: { username: 'ben' } }),
        anAuditEvent({ at: 2, sourceIPs: ['10.9.9.9', '192.0.2.8'] }),
        anAuditEvent({ at: 3, userAgent: 'curl/8' }),
        anAuditEvent({ at: 200 }),
        anAuditEvent({ at: 900 }),
      ),
    )
    expect(inspected).toMatchObject({ sessions: 5, requests: 6, events: 22 })
    expect(
      sessions.map((events) => [events[0]?.principal, events[0]?.origin?.address, only([events], 'kubernetes.request').length]),
    ).toEqual([
      ['ana', '192.0.2.7', 2],
      ['ben', '192.0.2.7', 1],
      ['ana', '192.0.2.8', 1],
      ['ana', '192.0.2.7', 1],
      ['ana', '192.0.2.7', 1],
    ])
  })

  it('says as whom a caller acted', async () => {
    const impersonatedUser = { username: 'root-admin', groups: ['system:masters'] }
    const { sessions } = await imported(linesOf(anAuditEvent(), anAuditEvent({ at: 1, impersonatedUser })))
    expect(sessions.map(([started]) => [started?.principal, started?.target?.account])).toEqual([
      ['ana', 'ana'],
      ['ana', 'root-admin'],
    ])
    expect(only(sessions, 'kubernetes.request')[1]?.body.headers).toEqual(
      expect.arrayContaining([
        ['impersonate-user', 'root-admin'],
        ['impersonate-group', 'system:masters'],
      ]),
    )
  })

  it('never records the values of Secrets', async () => {
    const secret = { kind: 'Secret', metadata: { name: 'db' }, data: { password: 'aHVudGVyMmh1bnRlcjI=' } }
    const of = { objectRef: { resource: 'secrets', namespace: 'shop', apiVersion: 'v1' }, requestURI: '/api/v1/namespaces/shop/secrets' }
    const { encoded, sessions } = await imported(
      linesOf(
        anAuditEvent({ ...of, verb: 'create', requestObject: secret, responseObject: secret }),
        anAuditEvent({ at: 1, responseObject: { items: [secret], kind: 'SecretList' } }),
      ),
    )
    expect(Buffer.concat(encoded).includes('aHVudGVyMmh1bnRlcjI')).toBe(false)
    expect(only(sessions, 'kubernetes.request')[0]?.body.body?.withheld).toEqual(['/data/password'])
  })

  it('leaves its values to be digested when it is taken in', async () => {
    const { encoded } = await imported(linesOf(anAuditEvent()))
    for (const event of encoded) expect(decodeEvent(event)).toMatchObject({ kind: 'event', isDigested: false })
  })

  it('gives the same bytes each time, however the file is read, and other sessions for another file', async () => {
    const text = linesOf(anAuditEvent(), anAuditEvent({ at: 1, user: { username: 'ben' } }))
    const once = await imported(text, 1)
    expect((await imported(text, 64 * 1024)).encoded).toEqual(once.encoded)
    const other = await imported(`${text}\n`)
    expect(other.sessions[0]?.[0]?.sessionId).not.toBe(once.sessions[0]?.[0]?.sessionId)
    expect(once.inspected.last).toEqual({ sessionId: once.sessions[1]?.[0]?.sessionId, events: 4 })
  })

  it.each([
    [
      'a list in one line',
      (events: unknown[]) => JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: events }),
    ],
    [
      'a list over many lines',
      (events: unknown[]) => JSON.stringify({ kind: 'EventList', metadata: { items: [] }, items: events, more: [{}] }, null, 2),
    ],
    ['an array over many lines', (events: unknown[]) => JSON.stringify(events, null, 1)],
    ['objects over many lines', (events: unknown[]) => events.map((event) => JSON.stringify(event, null, 2)).join('\n')],
  ])('is read as %s too', async (_, render) => {
    const events = [anAuditEvent({ requestObject: { text: 'a "quoted" } ] brace\\' } }), anAuditEvent({ at: 1 })]
    const { inspected } = await imported(render(events), 7)
    expect(inspected).toMatchObject({ sessions: 1, requests: 2, brokenTotal: 0 })
  })

  it('names what cannot be read by line and reason, and keeps the rest', async () => {
    const text = [
      linesOf(anAuditEvent()),
      '{"kind":"Event"',
      '',
      linesOf(anAuditEvent({ stage: 'Somewhere' })),
      linesOf({ ...anAuditEvent(), apiVersion: 'v1' }),
      linesOf({ ...anAuditEvent(), stageTimestamp: 'noon' }),
      linesOf({ kind: 'EventList', items: [anAuditEvent({ at: 2 }), 7] }),
      linesOf(anAuditEvent({ at: 3, requestURI: `/${'a'.repeat(9000)}` })),
      'a secret that nobody may repeat',
    ].join('\n')
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from([0x0a, 0xff, 0xfe, 0x0a])])
    const { inspected } = await imported(bytes)
    expect(inspected.requests).toBe(2)
    expect(inspected.broken).toEqual([
      { line: 2, reason: 'not-json' },
      { line: 4, reason: 'not-an-audit-event: stage' },
      { line: 5, reason: 'not-an-audit-event: apiVersion' },
      { line: 6, reason: 'not-an-audit-event: stageTimestamp' },
      { line: 7, item: 2, reason: 'not-an-audit-event' },
      { line: 8, reason: 'not-an-audit-event: requestURI' },
      { line: 9, reason: 'not-json' },
      { line: 10, reason: 'not-utf8' },
    ])
  })

  it('says where a document was cut', async () => {
    const text = JSON.stringify({ kind: 'EventList', items: [anAuditEvent(), anAuditEvent({ at: 1 })] }, null, 2)
    const { inspected } = await imported(text.slice(0, -60))
    expect(inspected).toMatchObject({ requests: 1, brokenTotal: 1, broken: [{ reason: 'cut' }] })
  })

  it('passes over a line that is longer than is read, and reads the next', async () => {
    const { inspected } = await imported(`${'x'.repeat(17 * 1024 * 1024)}\n${linesOf(anAuditEvent())}`, 64 * 1024)
    expect(inspected).toMatchObject({ requests: 1, broken: [{ line: 1, reason: 'too-long' }] })
  })

  it('cuts a body that does not fit, and says how long it was', async () => {
    const { sessions } = await imported(linesOf(anAuditEvent({ responseObject: { text: 'é\u0001'.repeat(80_000) } })))
    expect(only(sessions, 'http.response')[0]?.body.body?.truncated).toMatchObject({ kept: 65_536 })
  })

  it('makes valid and gapless sessions of anything that a file can hold', async () => {
    const stage = fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic', 'x')
    const event = fc.record({
      at: fc.nat(2000),
      tookMs: fc.integer({ min: -5000, max: 900_000 }),
      stage,
      auditID: fc.constantFrom('a', 'b', 'c', '\ud800'),
      verb: fc.oneof(fc.constantFrom('get', 'watch'), fc.string({ unit: 'binary' })),
      user: fc.record({ username: fc.oneof(fc.constantFrom('ana', 'ben'), fc.string({ unit: 'binary', maxLength: 9 })) }),
      requestURI: fc.string({ unit: 'binary', minLength: 1 }),
      requestObject: fc.jsonValue({ stringUnit: 'binary' }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), fc.integer({ min: 1, max: 300 }), async (events, chunk) => {
        const { inspected, encoded, sessions } = await imported(linesOf(...events.map(anAuditEvent)), chunk)
        expect(encoded).toHaveLength(inspected.events)
        expect(sessions).toHaveLength(inspected.sessions)
        for (const session of sessions) {
          expect(walkSequence(session, null)).toMatchObject({ completeness: 'complete' })
          const elapsed = session.map(({ elapsedUs }) => elapsedUs)
          expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 200, seed: 20261124 },
    )
  })
})
