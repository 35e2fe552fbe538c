import { requestInfo } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binaryBody } from './binary-body.ts'

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const VALUE = 'tops3cret-Pa55'

function field(number: number, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part)))
  const length = content.length < 128 ? Buffer.of(content.length) : Buffer.of((content.length & 127) | 128, content.length >> 7)
  return Buffer.concat([Buffer.of((number << 3) | 2), length, content])
}

function envelope(kind: string, ...fields: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, 'v1'), field(2, kind)), field(2, ...fields)])
}

const metadata = field(1, field(1, 'db'), field(3, 'shop'))
const secret = envelope('Secret', metadata, field(2, field(1, 'password'), field(2, VALUE)), field(3, 'Opaque'))
const map = envelope('ConfigMap', metadata, field(2, field(1, 'host'), field(2, 'bastion.internal')))

function at(path: string) {
  const info = requestInfo('POST', path, new URLSearchParams())
  if (info === null) throw new Error('no such path')
  return info
}
const secrets = at('/api/v1/namespaces/shop/secrets')
const maps = at('/api/v1/namespaces/shop/configmaps')

describe("a body in Kubernetes' protobuf", () => {
  it('is recorded as its bytes', () => {
    expect(binaryBody(maps, PROTOBUF, map)).toEqual({ data: map, withheld: [], secrets: [] })
  })

  it('of a Secret is not recorded, and its values are digested as they are and as readers will get them', () => {
    const record = binaryBody(secrets, PROTOBUF, secret)
    expect(record).toMatchObject({ data: null, withheld: [''] })
    expect(record?.secrets).toEqual(expect.arrayContaining([VALUE, Buffer.from(VALUE).toString('base64')]))
    expect(record?.secrets).not.toContain('shop')
  })

  it('of a Secret where another kind was asked for is not recorded either', () => {
    expect(binaryBody(maps, `${PROTOBUF};charset=x`, secret)?.data).toBeNull()
  })

  it('of a Secret that is cut anywhere is not recorded', () => {
    for (let cut = 0; cut <= secret.length; cut++) expect(binaryBody(secrets, PROTOBUF, secret.subarray(0, cut))?.data).toBeNull()
    const kindIsThere = secret.indexOf('Secret') + 'Secret'.length
    for (let cut = kindIsThere; cut <= secret.length; cut++) expect(binaryBody(maps, PROTOBUF, secret.subarray(0, cut))?.data).toBeNull()
  })

  it('is told by its media type alone', () => {
    expect(binaryBody(maps, 'application/octet-stream', map)).toBeNull()
    expect(binaryBody(maps, null, map)).toBeNull()
  })

  it('of any bytes never throws, and never shows what may be a Secret', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(secret.length), (noise, cut) => {
        const bytes = Buffer.concat([secret.subarray(0, cut), Buffer.from(noise), secret.subarray(cut)])
        expect(binaryBody(secrets, PROTOBUF, bytes)?.data).toBeNull()
        binaryBody(maps, PROTOBUF, bytes)
      }),
      { numRuns: 10_000 },
    )
  })

  it('nested without end costs no more than its length', () => {
    let nested: Buffer = Buffer.from('x')
    for (let depth = 0; depth < 60; depth++) nested = field(2, nested)
    expect(binaryBody(secrets, PROTOBUF, envelope('Secret', nested))?.secrets.length).toBeLessThanOrEqual(1024)
  })
})
