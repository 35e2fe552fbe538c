import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Correlator } from '@hoptrace/correlator'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessLogPage, ChainsPage } from '../contract/index.ts'
import { openSpools, Unpacked } from '../exports/package/unpacked.test-support.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { RecordedTenant } from '../testing/recorded-tenant.test-support.ts'
import { SignedIn } from '../testing/signed-in.test-support.ts'
import { TestStore } from '../testing/store.ts'

const acme = new RecordedTenant('acme', Date.now() - 60_000)
let store: TestStore
let signedIn: SignedIn
let chain: string

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'acme', now: Date.now }))
  await acme.store(store.store)
  // Larger than what sockets and streams hold on the way.
  const large = new RecordedSession({ tenant: 'acme' }, Date.now() - 30_000).started()
  for (let i = 0; i < 200; i += 1) large.asked(`SELECT ${i}`, [[randomText(i)]])
  await publisher.publish(large.ended().encoded)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
  signedIn = await SignedIn.start({ store: store.store, publisher }, ['acme', 'umbrella'])
  const { items } = ChainsPage.parse(await (await ask('investigator', '/chains')).json())
  chain = items.find(({ targets }) => targets.includes('bastion-acme') && targets.includes('orders'))?.id ?? ''
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

const ask = (who: string, path: string) => signedIn.as(`acme-${who}`, `/api/v1${path}`)
const aDay = () => `from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date(Date.now() + 1000).toISOString()}`

/** Text that does not compress. */
function randomText(seed: number): string {
  let state = seed + 1
  return Array.from({ length: 20_000 }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(0x21 + (state % 90))
  }).join('')
}

async function unpackedFrom<T>(response: Response, look: (archive: Unpacked) => T): Promise<T> {
  expect(response.status).toBe(200)
  const archive = new Unpacked(Buffer.from(await response.arrayBuffer()))
  try {
    return look(archive)
  } finally {
    archive.remove()
  }
}

describe('GET /exports', () => {
  it.each(['tar', 'tar.gz'])('gives a chain as a %s that sha256sum finds whole', async (format) => {
    const response = await ask('investigator', `/exports?chain=${chain}&format=${format}`)
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="hoptrace-chain-${chain}.${format}"`)
    await unpackedFrom(response, (archive) => {
      expect(archive.run('sha256sum -c SHA256SUMS')).not.toContain('FAILED')
      expect(archive.json('manifest.json')).toMatchObject({
        madeBy: { name: 'investigator of acme' },
        query: { kind: 'chain', id: chain },
        content: { isMetadataOnly: false, areSecretsRevealed: false },
      })
      expect(archive.paths.filter((path) => path.startsWith('views'))).toEqual([])
    })
  })

  it('gives an auditor metadata and views, and no content', async () => {
    expect((await ask('auditor', `/exports?run=${acme.runId}`)).status).toBe(403)
    await unpackedFrom(await ask('auditor', `/exports?${aDay()}&metadata=1`), (archive) => {
      expect(archive.paths).toContain('views.csv')
      expect(archive.holding('hostname')).toEqual([])
      expect(archive.lines('views.jsonl').length).toBeGreaterThan(0)
    })
  })

  it.each([
    ['operator', '', 403],
    ['responder', '&metadata=1', 403],
    ['investigator', '&reveal=1', 403],
    ['revealer', '&reveal=1', 200],
    ['revealer', '&reveal=1&metadata=1', 400],
    ['auditor', '&metadata=1', 200],
  ])('answers %s who asks with "%s": %d', async (who, more, status) => {
    const response = await ask(who, `/exports?run=${acme.runId}${more}`)
    await response.body?.cancel()
    expect(response.status).toBe(status)
  })

  it.each([
    'chain=x',
    '',
    'from=2026-01-01T00:00:00Z',
    'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    `run=${acme.runId}&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`,
  ])('refuses "%s"', async (query) => {
    expect((await ask('investigator', `/exports?${query}`)).status).toBe(400)
  })

  it('answers 404 for what is not there, and for what is another’s', async () => {
    expect((await ask('investigator', `/exports?chain=${'0'.repeat(32)}`)).status).toBe(404)
    for (const query of [`chain=${chain}`, `run=${acme.runId}`]) {
      expect((await signedIn.as('umbrella-investigator', `/api/v1/exports?${query}`)).status).toBe(404)
    }
  })

  it('is on record before anything of it is shown: itself, and each session in it', async () => {
    await (await ask('investigator', `/exports?chain=${chain}`)).arrayBuffer()
    const seen = async (id: string) => AccessLogPage.parse(await (await ask('auditor', `/access-log?id=${id}`)).json()).items
    expect(await seen(chain)).toContainEqual(expect.objectContaining({ resource: 'chain', span: 'export package', isContent: true }))
    expect(await seen(acme.ssh.id)).toContainEqual(expect.objectContaining({ resource: 'session', span: 'export package seq 0-4' }))
  })

  it('leaves nothing behind when its reader goes away', async () => {
    const open = openSpools()
    const url = new URL(`${signedIn.api.base}/api/v1/exports?${aDay()}&format=tar`)
    const headers = { cookie: await signedIn.cookieOf('acme-investigator') }
    const asked = request(url, { headers }).end()
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage]
    await once(response, 'readable')
    expect(openSpools()).toBeGreaterThan(open)
    response.destroy()
    for (const end = Date.now() + 20_000; openSpools() > open && Date.now() < end; ) await sleep(20)
    expect(openSpools()).toBe(open)
  })
})

describe('GET /chains/{id}/report', () => {
  it('is a page to send to a colleague, with both moments marked', async () => {
    const response = await ask('investigator', `/chains/${chain}/report`)
    expect([response.status, response.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="hoptrace-chain-${chain}.html"`,
    ])
    const page = await response.text()
    expect(page).toContain('<mark>bastion.acme.internal</mark>')
    expect(page).toContain(`session ${acme.sql.id} seq 2`)
    expect(page).toContain('Made by investigator of acme')
    expect(page).not.toContain('<script')
  })

  it('is in the archive of the chain too', async () => {
    await unpackedFrom(await ask('investigator', `/exports?chain=${chain}`), (archive) =>
      expect(archive.text('report.html')).toContain('<mark>bastion.acme.internal</mark>'),
    )
  })

  it.each([
    ['auditor', ''],
    ['investigator', '?metadata=1'],
  ])('shows %s who asks with "%s" no content', async (who, query) => {
    const page = await (await ask(who, `/chains/${chain}/report${query}`)).text()
    expect(page).toContain('What was said is left out')
    for (const value of ['bastion.acme.internal', 'an alert of acme', 'hunter2'])
      expect([value, page.includes(value)]).toEqual([value, false])
  })

  it('is refused without the right, and unknown to another tenant', async () => {
    expect((await ask('responder', `/chains/${chain}/report`)).status).toBe(403)
    expect((await ask('investigator', `/chains/${chain}/report?reveal=1`)).status).toBe(403)
    expect((await signedIn.as('umbrella-investigator', `/api/v1/chains/${chain}/report`)).status).toBe(404)
  })

  it('is on record', async () => {
    await (await ask('investigator', `/chains/${chain}/report`)).text()
    const { items } = AccessLogPage.parse(await (await ask('auditor', `/access-log?id=${chain}`)).json())
    expect(items).toContainEqual(expect.objectContaining({ resource: 'chain', span: 'report', isContent: true }))
  })
})
