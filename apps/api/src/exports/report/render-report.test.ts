import { describe, expect, it } from 'vitest'
import { aChainReport } from './a-chain-report.test-support.ts'
import { poisoned } from './poisoned.test-support.ts'
import { renderReport } from './render-report.ts'

describe('the page of a chain', () => {
  it('needs nothing else: no script, no request, no link to anywhere', () => {
    const page = renderReport(aChainReport())
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\((?!#arrow)|@import|\son\w+=/i)
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`)
  })

  it('takes nothing that was recorded for markup', () => {
    const tags = (page: string) => [...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag)
    const attributes = (page: string) =>
      new Set([...page.matchAll(/<[a-z][^>]*>/gi)].flatMap(([tag]) => [...tag.matchAll(/ ([a-z-]+)="/gi)].map(([, name]) => name)))
    const plain = renderReport(aChainReport())
    const page = renderReport(poisoned(aChainReport()))
    expect(new Set(tags(page))).toEqual(new Set(tags(plain)))
    expect(attributes(page)).toEqual(attributes(plain))
    expect(page).not.toContain('<script')
    expect(page).not.toContain("onerror='")
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/)
    expect(page).toContain('&lt;script&gt;alert(1)')
  })

  it('tells refused and unseen accesses by shape and by word', () => {
    const page = renderReport(aChainReport())
    expect(page).toMatch(/k-refused[\s\S]*?>REFUSED</)
    expect(page).toMatch(/k-unseen[\s\S]*?>NOT SEEN</)
  })

  it('says that it is not signed, what is missing, what else may have led there, and how to verify', () => {
    const page = renderReport(aChainReport())
    for (const said of [
      'This report is not signed',
      'gateway gw-2: no heartbeat for 47 s',
      '2 other accesses may have led to it instead',
      'hoptrace verify --session',
    ])
      expect(page).toContain(said)
    expect(renderReport(aChainReport({ missing: [] }))).toContain('Nothing that is known of.')
    expect(renderReport(aChainReport({ untold: { nodes: 3, hops: 1 } }))).toContain('3 more accesses of this chain')
  })

  it('marks what flowed in both moments, and gives each its seq and hashes', () => {
    const [hop] = aChainReport().hops
    const page = renderReport(aChainReport())
    expect(page.match(/<mark>bastion\.internal<\/mark>/g)?.length).toBeGreaterThanOrEqual(2)
    for (const end of [hop?.evidence[0]?.from, hop?.evidence[0]?.to]) {
      expect(page).toContain(`session ${end?.session} seq ${end?.seq}`)
      expect(page).toContain(`hash ${end?.hash}`)
    }
  })

  it('of a chain without anything is a page too', () => {
    expect(renderReport(aChainReport({ nodes: [], hops: [], alerts: [], missing: [] }))).toContain('0 hops')
  })
})
