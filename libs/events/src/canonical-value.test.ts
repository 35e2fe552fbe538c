import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  canonicalAddress,
  canonicalHost,
  canonicalJson,
  canonicalPods,
  canonicalUrl,
  decodedBase64,
  digestValue,
  keyFingerprint,
  passwordOfUrl,
  sshFingerprint,
  urlForms,
} from './index.ts'

// Test vectors: another implementation that digests these alike will link with ours.
describe('canonical forms', () => {
  it.each([
    ['Bastion.Acme.INTERNAL.', 'bastion.acme.internal'],
    ['db-1', 'db-1'],
    ['_ldap._tcp.acme.example', '_ldap._tcp.acme.example'],
    ['billing.shop.svc', 'billing.shop.svc.cluster.local'],
    ['billing.shop', 'billing.shop'],
    ['-bad.example', null],
    ['10.0.0.1', null],
    ['a b', null],
  ])('host %s is %s', (text, form) => expect(canonicalHost(text)).toBe(form))

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['[2001:DB8:0:0::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.256', null],
    ['bastion', null],
  ])('address %s is %s', (text, form) => expect(canonicalAddress(text)).toBe(form))

  it.each([
    ['HTTPS://user:pw@Api.Acme.internal:443/v1?q=1#top', 'https://api.acme.internal/v1?q=1'],
    ['postgres://app:s3cr%2Ft@db.acme.internal:5432/orders', 'postgres://db.acme.internal:5432/orders'],
    ['not a url', null],
  ])('URL %s is %s', (text, form) => expect(canonicalUrl(text)).toBe(form))

  it.each([
    ['https://api.acme.internal/v1?q=1', ['https://api.acme.internal/v1?q=1', 'https://api.acme.internal/v1']],
    ['https://api.acme.internal/v1#x', ['https://api.acme.internal/v1']],
    ['https://api.acme.internal/v1?access_token=x', ['https://api.acme.internal/v1']],
    ['not a url', []],
  ])('URL %s is looked for as %j', (text, forms) => expect(urlForms(text)).toEqual(forms))

  it.each([
    ['shop', 'web-1', ['shop/web-1']],
    ['shop', 'web-7998647bdf-phvq7', ['shop/web-7998647bdf-phvq7', '*/web-7998647bdf-phvq7']],
    [null, 'report-28934520-x7k2p', ['*/report-28934520-x7k2p']],
    [null, 'web-1', []],
    ['Shop', 'web 1', []],
  ])('pod %s %s is %j', (namespace, name, forms) => expect(canonicalPods(namespace, name)).toEqual(forms))

  it('takes the password out of a URL, decoded', () => {
    expect(passwordOfUrl('postgres://app:s3cr%2Ft@db.acme.internal/orders')).toBe('s3cr/t')
    expect(passwordOfUrl('postgres://app@db.acme.internal/orders')).toBeNull()
  })

  it.each([
    ['aHVudGVyMi1wYXNzd29yZA==', 'hunter2-password'],
    ['aHVudGVyMi1wYXNzd29yZA', 'hunter2-password'],
    ['c2hvcnQ=', null],
    ['//////////////////', null],
    ['not base64 at all', null],
  ])('base64 %s is %s', (text, form) => expect(decodedBase64(text)).toBe(form))

  it.each(['rsa', 'ed25519', 'ec'] as const)('gives a private %s key and its public half one fingerprint', (type) => {
    const options = { modulusLength: 2048, namedCurve: 'P-256' }
    const { privateKey, publicKey } = generateKeyPairSync(type as 'rsa', options)
    const fingerprint = keyFingerprint(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    expect(keyFingerprint(publicKey.export({ type: 'spki', format: 'pem' }).toString())).toBe(fingerprint)
  })

  it('prints a fingerprint as ssh-keygen -l does', () => {
    const blob = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f', 'base64')
    expect(sshFingerprint(blob)).toBe('SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA')
  })

  it('digests kind and form under the key', () => {
    const key = { id: 'k1', secret: Buffer.alloc(32, 1) }
    expect(digestValue(key, 'host', 'bastion.acme.internal')).toBe('365922ee0ae7d6d841601cc390a55ca5')
    expect(digestValue(key, 'credential', 'bastion.acme.internal')).not.toBe(digestValue(key, 'host', 'bastion.acme.internal'))
  })

  it.each([
    [{ b: 1, a: [true, null, 'é'] }, '{"a":[true,null,"é"],"b":1}'],
    [{ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 }, '{"\\r":2,"1":3,"€":1,"😀":4,"\ufb33":5}'],
    [{ n: 1e21, m: 333333333.3333333, z: -0 }, '{"m":333333333.3333333,"n":1e+21,"z":0}'],
  ])('renders JSON as RFC 8785 does: %o', (value, json) => expect(canonicalJson(value)).toBe(json))
})

describe('canonical JSON', () => {
  it('is the same whichever order the members came in, nested too', () => {
    expect(canonicalJson({ a: { y: 1, x: 2 }, b: 3 })).toBe(canonicalJson({ b: 3, a: { x: 2, y: 1 } }))
    expect(canonicalJson({ b: 3, a: { y: 1, x: 2 } })).toBe('{"a":{"x":2,"y":1},"b":3}')
  })

  it.each([[{ a: Number.NaN }], [{ b: 1, a: Number.POSITIVE_INFINITY }], [{ a: 'x\ud800' }]])(
    'refuses what has no canonical form',
    (value) => {
      expect(() => canonicalJson(value)).toThrow()
    },
  )

  it('takes the text \\ud800, spelled out, for what it is', () => {
    expect(canonicalJson({ a: '\\ud800' })).toBe('{"a":"\\\\ud800"}')
  })
})
