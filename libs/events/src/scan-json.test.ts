import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FoundValue, scanJson, scanPairs, scanText } from './index.ts'
import { readJson } from './json-reader.ts'

const shown = (values: Iterable<FoundValue>) => [...values].map(({ kind, canonical }) => `${kind} ${canonical}`)

describe('scanning JSON', () => {
  it.each([
    ['{"host":"bastion.internal"}', 'host bastion.internal'],
    ['{"note":"p@ss,w0rd|x1"}', 'credential p@ss,w0rd|x1'],
    ['{"password":"correct horse"}', 'credential correct horse'],
    ['{"db":{"passwd":"plain"}}', 'credential plain'],
    ['{"env":[{"name":"DB_PASSWORD","value":"plain"}]}', 'credential plain'],
    ['{"a":"https:\\/\\/api.internal\\/v1"}', 'url https://api.internal/v1'],
    ['{"a":"one\\nledger.internal"}', 'host ledger.internal'],
    ['{"10.1.2.3":{}}', 'address 10.1.2.3'],
    ['{"text":"{\\"token\\":\\"plain\\"}"}', 'credential plain'],
    ['{"a":1,"b":["x","db.internal"', 'host db.internal'],
    ['{"a":"db.inter', 'host db.inter'],
    ['{ not json but db.internal }', 'host db.internal'],
    [
      `{"kubeconfig":"${Buffer.from('server: https://api.internal:6443\ntoken: abcdefg12345\n').toString('base64')}"}`,
      'credential abcdefg12345',
    ],
  ])('finds in %s: %s', (text, value) => expect(shown(scanJson(text))).toContain(value))

  it('does not take what pages through answers for a secret', () => {
    const found = [...scanJson('{"nextPageToken":"abcdefgh","csrf_token":"abcdefgh"}')]
    expect(found.filter(({ isNamedSecret }) => isNamedSecret)).toEqual([])
  })

  it('says where a value stands, behind escapes too', () => {
    const text = '{"a":"\\u0041\\n\\"ledger.internal"}'
    const [host] = [...scanJson(text)].filter(({ kind }) => kind === 'host')
    expect(text.slice(host?.offset)).toBe('ledger.internal"}')
  })

  it('reads back the strings of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, indent) => {
        const strings: string[] = []
        const keys: string[] = []
        JSON.stringify(value, (key, inner) => {
          if (key !== '' && Number.isNaN(Number(key))) keys.push(key)
          if (typeof inner === 'string') strings.push(inner)
          return inner
        })
        const tokens = [...readJson(JSON.stringify(value, null, indent))]
        expect(tokens.flatMap((token) => (token.kind === 'string' ? [token.value.toWellFormed()] : []))).toEqual(
          strings.map((string) => string.toWellFormed()),
        )
        const names = new Set(tokens.flatMap((token) => (token.kind === 'name' ? [token.value] : [])))
        for (const key of keys) expect(names).toContain(key)
      }),
      { numRuns: 2000, seed: 20261122 },
    )
  })

  it('never throws, wherever JSON is cut or broken, and points into the text', () => {
    const mark = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'name', 'kind', 'Pod', 'metadata', 'token', 'a.b', '\\u00', ' ')
    fc.assert(
      fc.property(fc.array(fc.oneof(mark, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 60 }), (parts) => {
        const text = parts.join('')
        for (const { offset } of scanJson(text, { resource: 'pods', namespace: 'shop' })) expect(offset).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 10_000, seed: 20261123 },
    )
  })

  it.each([
    '{"a":'.repeat(50_000),
    '['.repeat(260_000),
    '"\\'.repeat(130_000),
    '"a":"'.repeat(50_000),
    '"eyJ.'.repeat(50_000),
    '&='.repeat(130_000),
  ])('costs time that grows no faster than the text (%#)', (text) => {
    for (const { offset } of [...scanJson(text), ...scanPairs(text), ...scanText(text)]) expect(offset).toBeLessThanOrEqual(text.length)
  })
})

describe('objects of Kubernetes', () => {
  const pod = (name: string, namespace?: string) => ({ kind: 'Pod', metadata: { name, namespace } })

  it.each([
    ['a pod', pod('web-1', 'shop'), {}, 'pod shop/web-1'],
    ['a pod to be, in the namespace of the path', pod('web-1'), { namespace: 'shop' }, 'pod shop/web-1'],
    ['a list of pods, whose items say no kind', { kind: 'PodList', items: [{ metadata: { name: 'a', namespace: 'b' } }] }, {}, 'pod b/a'],
    [
      'a table, of what was asked for',
      {
        kind: 'Table',
        rows: [{ cells: ['web-1'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'web-1', namespace: 'shop' } } }],
      },
      { resource: 'pods' },
      'pod shop/web-1',
    ],
    ['an event about a pod', { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-1' } }, {}, 'pod shop/web-1'],
    ['a service', { kind: 'Service', metadata: { name: 'billing', namespace: 'shop' } }, {}, 'host billing.shop.svc.cluster.local'],
  ])('are found in %s', (_, object, context, value) => {
    expect(shown(scanJson(JSON.stringify(object), context))).toContain(value)
    expect(shown(scanJson(JSON.stringify(object, null, 2), context))).toContain(value)
  })

  it('are told apart by their kinds', () => {
    const template = { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { template: { metadata: { name: 'x' } } } }
    expect(shown(scanJson(JSON.stringify(template), { namespace: 'shop' })).filter((value) => value.startsWith('pod'))).toEqual([])
  })

  it('are found before the place where a list was cut', () => {
    const list = JSON.stringify({ kind: 'PodList', items: [pod('web-1', 'shop'), pod('web-2', 'shop')] })
    expect(shown(scanJson(list.slice(0, -30)))).toContain('pod shop/web-1')
  })
})

describe('scanning pairs', () => {
  it('reads a form, decoded', () => {
    expect(shown(scanPairs('user=ana&password=p%26ss+word&next=https%3A%2F%2Fapi.internal%2F'))).toEqual([
      'credential p&ss word',
      'url https://api.internal/',
      'host api.internal',
    ])
  })
})
