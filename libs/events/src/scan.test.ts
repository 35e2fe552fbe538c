import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl, keyFingerprint, Observer, scanCell, scanText } from './index.ts'

const found = (text: string) => [...scanText(text)].map(({ kind, canonical }) => `${kind} ${canonical}`)

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('scanning text', () => {
  it.each([
    ['ssh deploy@Bastion.Acme.internal', 'host bastion.acme.internal'],
    ['LEDGER_HOST=ledger-1.acme.internal', 'host ledger-1.acme.internal'],
    ['connect to db.acme.internal:5432.', 'host db.acme.internal'],
    ['nameserver 10.1.2.3', 'address 10.1.2.3'],
    ['["10.1.2.3:6443"]', 'address 10.1.2.3'],
    ['inet6 2001:DB8::1', 'address 2001:db8::1'],
    ['see https://api.acme.internal/v1', 'url https://api.acme.internal/v1'],
    ['see https://api.acme.internal/v1', 'host api.acme.internal'],
    ['arn:aws:iam::123456789012:role/deploy', 'arn arn:aws:iam::123456789012:role/deploy'],
    ['PGPASSWORD=hunter2', 'credential hunter2'],
    ['"db_password":"Tr0ub4dor&3x"', 'credential Tr0ub4dor&3x'],
    ['postgres://app:Tr0ub4dor@db.acme.internal/x', 'credential Tr0ub4dor'],
    ['data: aHVudGVyMi1wYXNzd29yZA==', 'credential hunter2-password'],
    ['"auth":"YW5hOmh1bnRlcjI="', 'credential hunter2'],
    [`$ cat next\n${base64('use db-7.corp.internal')}\n`, 'host db-7.corp.internal'],
    [`NEXT=${base64('10.1.2.3:22')}`, 'address 10.1.2.3'],
    [`{"note":"see ${base64('https://api.internal/v1')} for more"}`, 'url https://api.internal/v1'],
    [`echo ${base64(`then ${base64('ssh deploy@db-7.internal')}`)} | base64 -d`, 'host db-7.internal'],
    ['GET https://api.internal/v1/items?limit=5', 'url https://api.internal/v1/items?limit=5'],
    ['GET https://api.internal/v1/items?limit=5', 'url https://api.internal/v1/items'],
    ['GET https://api.internal/v1?access_token=plain', 'credential plain'],
    ['key AKIAIOSFODNNQEXAMPLE', 'credential AKIAIOSFODNNQEXAMPLE'],
    ['aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'credential wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['https://maps.example/x?key=AIzaSyA-1234567890abcdefghijklmnopqrstu', 'credential AIzaSyA-1234567890abcdefghijklmnopqrstu'],
    ['dial tcp: lookup billing.shop.svc: no such host', 'host billing.shop.svc.cluster.local'],
    ['web-7998647bdf-phvq7   1/1   Running', 'pod */web-7998647bdf-phvq7'],
    ['pod/web-7998647bdf-phvq7 created', 'pod */web-7998647bdf-phvq7'],
    ['shop/web-7998647bdf-phvq7', 'pod shop/web-7998647bdf-phvq7'],
    ['POST /api/v1/namespaces/shop/pods/web-1/exec?command=id', 'pod shop/web-1'],
  ])('finds in %s: %s', (text, value) => expect(found(text)).toContain(value))

  it.each([
    'the quick brown fox',
    'SELECT abalance FROM accounts WHERE aid = 1234',
    'ls -l /tmp',
    'docs/use-https',
    'pod/web',
    'cat deploy/README',
  ])('finds nothing in %s', (text) => {
    expect(found(text)).toEqual([])
  })

  it('takes a service account token whole, however long it is', () => {
    const part = (bytes: number) => Buffer.alloc(bytes, 'k8s').toString('base64url')
    const token = `eyJhbGciOiJSUzI1NiJ9.${part(800)}.${part(256)}`
    for (const text of [token, `token: ${token}\n`, `{"status":{"token":"${token}"}}`, `Authorization: Bearer ${token}.`]) {
      expect(found(text)).toContain(`credential ${token}`)
    }
  })

  it('finds a key whose line ends are spelled out', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(found(JSON.stringify({ private_key: pem })).filter((value) => value.startsWith('key'))).toEqual([`key ${keyFingerprint(pem)}`])
  })

  it.each([
    "curl -H 'Authorization: Bearer s3cr3t-abc' x",
    "curl -H 'X-Api-Key: s3cr3t-abc' x",
    'curl -H "Authorization: Basic YW5hOnMzY3IzdC1hYmM=" x',
  ])('knows that a secret is used in %s', (text) => {
    expect([...scanText(text)]).toContainEqual(expect.objectContaining({ canonical: 's3cr3t-abc', isNamedSecret: true }))
  })

  it('keeps a secret in a query out of the URL', () => {
    expect(found('https://api.internal/v1?a=1&sig_token=plain').filter((value) => value.startsWith('url'))).toEqual([
      'url https://api.internal/v1',
    ])
  })

  it('says where in the text a value stands', () => {
    const text = 'HOST=ledger.acme.internal'
    const host = [...scanText(text)].find((value) => value.kind === 'host')
    expect(text.slice(host?.offset)).toBe('ledger.acme.internal')
  })

  it('takes a password with marks in it whole, where it stands alone', () => {
    expect([...scanCell('p@ss;w0rd|x')].map((value) => value.canonical)).toContain('p@ss;w0rd|x')
  })

  it('never throws, and never finds more than the text could hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const value of scanText(text)) {
          expect(value.offset).toBeLessThanOrEqual(text.length)
          expect(value.canonical.length).toBeLessThanOrEqual(4096)
        }
      }),
      { numRuns: 10_000, seed: 20261120 },
    )
  })

  it('finds a scheme wherever a URL begins in a word, and drops the marks behind a name', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'Z', '7', '+', '.', '-', ':', '/', '!', '?', '_'), minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(word, (text) => {
        const start = text.search(/[a-z][a-z0-9+.-]*:\/\//i)
        const url = start < 0 ? undefined : canonicalUrl(text.slice(start))
        const found = [...scanText(text)].find((value) => value.kind === 'url')
        if (url && text.length >= 4) expect([found?.canonical, found?.offset]).toEqual([url, start])
        const hosts = [...scanText(`${text}.a.b${'.:!?'.repeat(8)}`)].filter((value) => value.kind === 'host')
        for (const host of hosts) expect(host.canonical).not.toMatch(/[.:!?]$/)
      }),
      { numRuns: 20_000, seed: 20261121 },
    )
  })

  it('keeps at most 256 values of an event, and says how many there were', () => {
    const observer = new Observer({ id: 'k1', secret: Buffer.alloc(32) })
    observer.text(Array.from({ length: 300 }, (_, i) => `host-${i}.acme.internal`).join(' '), 'answered', '/text')
    const { observables, truncated } = observer.result()
    expect(observables).toHaveLength(256)
    expect(truncated).toEqual({ kept: 256, total: expect.any(Number) })
    expect(truncated?.total).toBeGreaterThanOrEqual(300)
  })

  it('never carries the value of a secret', () => {
    const observer = new Observer({ id: 'k1', secret: Buffer.alloc(32) })
    const { observables } = observer.text('PGPASSWORD=hunter2-Secret psql -h db.acme.internal', 'asked', '/text').result()
    expect(JSON.stringify(observables)).not.toContain('hunter2')
    expect(observables.find((o) => o.kind === 'credential')?.role).toBe('presented')
  })
})
