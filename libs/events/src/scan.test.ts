import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl, Observer, scanCell, scanText } from './index.ts'

const found = (text: string) => [...scanText(text)].map(({ kind, canonical }) => `${kind} ${canonical}`)

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
  ])('finds in %s: %s', (text, value) => expect(found(text)).toContain(value))

  it.each(['the quick brown fox', 'SELECT abalance FROM accounts WHERE aid = 1234', 'ls -l /tmp'])('finds nothing in %s', (text) => {
    expect(found(text)).toEqual([])
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
