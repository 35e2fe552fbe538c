import { canonicalJson, type EventBody, Observer, type SessionEvent, WITHHELD_NOTE } from '@hoptrace/events'
import { aKubernetesSession, anHttpSession, HTTP_SECRET, KUBERNETES_SECRET } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import { eventOf } from '../events/event-row.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { jsonSecrets } from './json-secrets.ts'
import { maskEvent } from './mask-event.ts'
import { addressSecrets, bodySecrets, pairSecrets } from './request-secrets.ts'
import { hidden } from './secret-ranges.ts'

const key = { id: 'test', secret: Buffer.alloc(32, 1) }

function eventsOf(encoded: readonly Buffer[]): SessionEvent[] {
  return encoded.map((bytes) => {
    const { hash, ...content } = JSON.parse(String(bytes)) as { hash: string }
    return eventOf({ seq: 0, content: canonicalJson(content), hash })
  })
}

describe('JSON', () => {
  it.each([
    ['{"password":"hunter"}', '{"password":"******"}'],
    ['{"db": {"client-secret": 12345}}', '{"db": {"client-secret": *****}}'],
    ['{"apiTokens":["a b","c"]}', '{"apiTokens":["***","*"]}'],
    ['{"tokens":{"ci":"abc"}}', '{"tokens":{"ci":"***"}}'],
    ['[{"name":"DB_PASSWORD","value":"x\\"y"}]', '[{"name":"DB_PASSWORD","value":"****"}]'],
    ['[{"value":"xy","name":"DB_PASSWORD"}]', '[{"value":"**","name":"DB_PASSWORD"}]'],
    ['{"password":"cut he', '{"password":"******'],
    ['{"secret":{"secretName":"ledger"}}', '{"secret":{"secretName":"ledger"}}'],
    ['{"imagePullSecrets":[{"name":"regcred"}]}', '{"imagePullSecrets":[{"name":"regcred"}]}'],
    ['{"automountServiceAccountToken":true,"token":null}', '{"automountServiceAccountToken":true,"token":null}'],
    ['{"passwords": {}, "after": "shown"}', '{"passwords": {}, "after": "shown"}'],
  ])('hides what a secret name holds in %s', (text, masked) => {
    expect(hidden(text, jsonSecrets(text), '*')).toBe(masked)
  })

  it.each(['{"a":'.repeat(100_000), '["'.repeat(100_000), '{"password":"'.repeat(30_000), '}'.repeat(300_000), '\\"'.repeat(150_000)])(
    'costs time that grows no faster than it does (%#)',
    (text) => {
      expect(hidden(text, jsonSecrets(text), '*')).toHaveLength(text.length)
    },
  )
})

describe('an address', () => {
  it.each([
    ['/v1/export?token=hunter&format=csv', '/v1/export?token=******&format=csv'],
    ['/v1?api%2Dkey=abc', '/v1?api%2Dkey=***'],
    ['https://ana:hunter@x.example/', 'https://ana:******@x.example/'],
    ['/hooks/T0AbCdEfGh1JkLmN0PqRs/x', `/hooks/${'*'.repeat(21)}/x`],
    ['/api/v1/namespaces/shop/pods/web-7c9d-x2klm?watch=true&resourceVersion=48211', null],
  ])('keeps what it names and hides the secret of %s', (path, masked) => {
    expect(hidden(path, addressSecrets(path), '*')).toBe(masked ?? path)
  })
})

it('shows headers that name software and hides those that hold credentials', () => {
  expect(pairSecrets('user-agent', 'Mozilla/5.0 (X11; Linux x86_64) kubectl/v1.33.2')).toEqual([])
  expect(pairSecrets('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ9Aa1Bb2==')).toEqual([])
  expect(pairSecrets('X-Auth-Token', 'abc')).toEqual([[0, 3]])
  expect(pairSecrets('cookie', 'a=b')).toEqual([[0, 3]])
})

it.each(['user=ana&password=hunter', 'data: {"token":"hunter"}', 'Authorization: Bearer hunter', '-----BEGIN PRIVATE KEY-----\nhunter'])(
  'hides the secret of a body that is no JSON: %j',
  (text) => {
    expect(hidden(text, bodySecrets(text), '*')).not.toContain('hunter')
  },
)

describe('an event', () => {
  it('hides every secret of an HTTP session, wherever it stands, and tells the rest', () => {
    const shown = eventsOf(anHttpSession().encoded).map((event) => maskEvent(event).shown)
    expect(JSON.stringify(shown)).not.toContain(HTTP_SECRET)
    expect(JSON.stringify(shown)).toContain('ledger.internal')
    const asked = shown.filter((event) => event.type === 'http.request')
    expect(asked.map(({ body }) => body.path)).toContain('/v1/invoices?limit=6')
  })

  it('hides what an environment of a pod names a password, and its keys', () => {
    const shown = JSON.stringify(eventsOf(aKubernetesSession().encoded).map((event) => maskEvent(event).shown))
    expect(shown).not.toContain(KUBERNETES_SECRET)
    expect(shown).not.toContain('MC4CAQAwBQYDK2VwBCIEIJ')
    expect(shown).toContain('web-7c9d')
  })

  it('counts no value that was never recorded', () => {
    const events = eventsOf(aKubernetesSession().encoded)
    const secret = events.find(({ body }) => JSON.stringify(body).includes(WITHHELD_NOTE))
    expect(secret && maskEvent(secret)).toEqual({ shown: secret, masked: 0 })
  })

  it('hides a word of a command that the word before it calls a secret', () => {
    const command = ['mysql', '--user', 'ana', '--password', 'hunter', 'db']
    const exec: EventBody<'kubernetes.exec'> = {
      channel: 0,
      request: 0,
      kind: 'exec',
      namespace: 'shop',
      pod: 'web',
      container: null,
      command,
      tty: false,
      stdin: false,
      stdout: true,
      stderr: true,
      subprotocol: 'v5.channel.k8s.io',
    }
    const [event] = eventsOf(new RecordedSession().add('kubernetes.exec', exec).encoded)
    expect(event && maskEvent(event).shown.body).toMatchObject({ command: ['mysql', '--user', 'ana', '--password', '••••••', 'db'] })
  })

  it('hides what was presented, where its place in a body says it stands', () => {
    const text = '{"note":"use abc"}'
    const found = new Observer(key).add({ kind: 'credential', canonical: 'abc', offset: 13 }, 'presented', '/body/data/utf8').result()
    const body = { mediaType: 'application/json', encoding: null, data: { utf8: text }, withheld: ['/token=x'] }
    const rest = { method: 'POST', path: '/', headers: [], withheldHeaders: [], from: '192.0.2.7:1', httpVersion: '1.1', host: 'x' }
    const [event] = eventsOf(new RecordedSession().add('http.request', { ...rest, body }, found).encoded)
    expect(event && maskEvent(event).shown.body).toMatchObject({ body: { data: { utf8: '{"note":"use •••"}' }, withheld: ['/token=x'] } })
  })

  it('tells what was refused, and no secret in its address', () => {
    const asked = { protocol: 'http' as const, target: 'billing', account: null, database: null, action: 'GET /v1/web-7c9d?token=hunter' }
    const decided = { decision: 'deny' as const, reason: 'not-granted' as const, asked, method: 'bearer' as const, message: null }
    const [event] = eventsOf(new RecordedSession().add('access.decided', decided).encoded)
    expect(event && maskEvent(event).shown.body).toMatchObject({ asked: { action: 'GET /v1/web-7c9d?token=••••••' } })
  })
})
