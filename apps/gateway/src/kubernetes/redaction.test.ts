import { WITHHELD_NOTE as NOTE, requestInfo, secretsOf } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redacted } from './redaction.ts'

const PLAIN = 'tops3cret-Pa55'
const BASE64 = Buffer.from(PLAIN).toString('base64')
const metadata = { name: 'db', namespace: 'shop', managedFields: [{ fieldsV1: { 'f:data': { 'f:password': {} } } }] }
const secret = { kind: 'Secret', apiVersion: 'v1', metadata, data: { password: BASE64 }, type: 'Opaque' }

function rule(path: string) {
  const info = requestInfo('GET', path, new URLSearchParams())
  return info && secretsOf(info)
}

const ofSecrets = rule('/api/v1/namespaces/shop/secrets/db')

describe('a Secret', () => {
  it.each([
    ['alone', secret, ['/data/password']],
    ['in a list', { kind: 'SecretList', items: [secret, secret] }, ['/items/0/data/password', '/items/1/data/password']],
    ['in a watch event', { type: 'ADDED', object: secret }, ['/object/data/password']],
    ['in a table', { kind: 'Table', rows: [{ cells: ['db'], object: secret }] }, ['/rows/0/object/data/password']],
    ['as text', { ...secret, data: undefined, stringData: { password: PLAIN } }, ['/stringData/password']],
    ['in a merge patch', { data: { password: BASE64, old: null } }, ['/data/password', '/data/old']],
    ['in a JSON patch', [{ op: 'replace', path: '/data/password', value: BASE64 }], ['/0/value']],
    ['in a JSON patch of all of it', [{ op: 'add', path: '/data', value: { password: BASE64 } }], ['/0/value/password']],
    ['nested where nobody expects it', { a: [{ data: [[{ b: BASE64 }]] }] }, ['/a/0/data/0/0/b']],
    ['under an escaped name', JSON.parse(`{"da${'\\u0074'}a":{"p":"${BASE64}"}}`), ['/data/p']],
  ])('%s is recorded without its values, which are digested as they stand and decoded', (_, body, pointers) => {
    const read = redacted(JSON.stringify(body), ofSecrets)
    expect(read?.withheld).toEqual(pointers)
    expect(read?.secrets).toContain(PLAIN)
    expect(read?.text).not.toContain(BASE64)
    expect(read?.text).not.toContain(PLAIN)
    expect(read?.text).toContain(NOTE)
    expect(() => JSON.parse(read?.text ?? '')).not.toThrow()
  })

  it('does not show in the annotation of what was applied last', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ ...secret, data: { password: BASE64 } }) }
    const read = redacted(JSON.stringify({ ...secret, data: {}, metadata: { name: 'db', annotations } }), ofSecrets)
    expect(read?.text).not.toContain(BASE64)
    expect(read?.secrets).toEqual([BASE64, PLAIN])
    expect(read?.withheld).toEqual(['/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration'])
  })

  it('is found in a request that is about something else', () => {
    expect(redacted(JSON.stringify({ kind: 'List', items: [secret] }), null)?.text).not.toContain(BASE64)
    expect(redacted(JSON.stringify({ kind: 'ConfigMap', data: { a: 'b' } }), null)).toBeNull()
  })

  it('in YAML is withheld whole, and its values digested', () => {
    const yaml = `# my secret\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: ${PLAIN}\n`
    const read = redacted(yaml, ofSecrets)
    expect(read).toEqual({ text: NOTE, withheld: [''], secrets: [PLAIN] })
    expect(redacted(yaml, null)?.text).toBe(NOTE)
  })

  it.each([
    'not JSON at all',
    '{"data": tru',
    `{data: {"password": "${BASE64}"}}`,
    `{"a": 1} trailing ${BASE64}`,
    '"just text"',
    `data: ${BASE64}`,
  ])('that cannot be read is withheld from there on: %s', (text) => {
    const { text: kept } = redacted(text, ofSecrets) ?? { text: '' }
    expect(kept).not.toContain(BASE64)
  })

  it('does not show in what a server says that it could not read', () => {
    const message = `Secret in version "v1" cannot be handled: error found in ...|"password":"${PLAIN}"|...`
    expect(redacted(JSON.stringify({ kind: 'Status', status: 'Failure', message }), ofSecrets)?.text).not.toContain(PLAIN)
  })

  it('gives credentials that stand in its values', () => {
    const url = Buffer.from('postgres://app:hunter2hunter2@db.internal/orders').toString('base64')
    expect(redacted(JSON.stringify({ data: { url } }), ofSecrets)?.secrets).toContain('hunter2hunter2')
  })

  it('leaks nothing wherever the sample was cut', () => {
    const text = JSON.stringify({ items: [{ stringData: { a: PLAIN, b: `\\"${PLAIN}` }, metadata }, secret] })
    for (let cut = 0; cut <= text.length; cut++) {
      const kept = redacted(text.slice(0, cut), ofSecrets)?.text ?? ''
      expect(kept).not.toContain(PLAIN.slice(0, 6))
      expect(kept).not.toContain(BASE64.slice(0, 6))
    }
  })

  it('leaks nothing from any JSON', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
      ),
    })).node
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, 2), (around, indent) => {
        const text = JSON.stringify([around, { data: { hidden: [PLAIN, around] } }, around], null, indent)
        const read = redacted(text, ofSecrets)
        expect(read?.text).not.toContain(PLAIN)
        expect(read?.text.length).toBeLessThanOrEqual(
          text.length + NOTE.length * (read?.withheld.length ?? 0) + 2 * (read?.withheld.length ?? 0),
        )
        expect(() => JSON.parse(read?.text ?? '')).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })

  it('takes no longer than its length says', () => {
    const deep = '['.repeat(64 * 1024)
    expect(redacted(deep, ofSecrets)?.withheld).toEqual([''])
    const wide = JSON.stringify({ data: Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`k${n}`, 'v'])) })
    expect(redacted(wide, ofSecrets)?.withheld).toHaveLength(512)
  })
})

describe('tokens of service accounts', () => {
  const token = `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(40)}.c`

  it('are never recorded where they are issued', () => {
    const body = { kind: 'TokenRequest', spec: { audiences: ['api'] }, status: { token, expirationTimestamp: '2030-01-01T00:00:00Z' } }
    const read = redacted(JSON.stringify(body), rule('/api/v1/namespaces/shop/serviceaccounts/ci/token'))
    expect(read?.withheld).toEqual(['/status/token'])
    expect(read?.secrets).toContain(token)
    expect(read?.text).toContain('2030-01-01')
  })

  it('are never recorded where they are presented for review', () => {
    const read = redacted(JSON.stringify({ kind: 'TokenReview', spec: { token } }), rule('/apis/authentication.k8s.io/v1/tokenreviews'))
    expect(read?.text).not.toContain(token)
  })
})
