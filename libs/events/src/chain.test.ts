import { describe, expect, it } from 'vitest'
import { decodeEvent, EventChain, encodeBulk, GENESIS_HASH } from './index.ts'

const id = '019aa0c0-0000-7000-8000-000000000001'
const envelope = {
  tenant: 'default',
  sessionId: id,
  gatewayId: 'gw-1',
  bootId: id,
  run: null,
  principal: 'ana',
  rootPrincipal: 'ana',
  lineage: [],
  origin: { address: '127.0.0.1', port: 5000, client: null },
  target: null,
}
const at = { wallUs: 1_700_000_000_000_000n, elapsedUs: 12 }

describe('EventChain', () => {
  it('numbers events from 0 and chains each to the hash before it', () => {
    const chain = new EventChain(envelope)
    const events = [1, 2].map((port) => decodeEvent(chain.next('terminal.resize', { channel: 0, cols: port, rows: 24 }, at)))
    expect(events.map((e) => e.kind)).toEqual(['event', 'event'])
    const [first, second] = events.flatMap((e) => (e.kind === 'event' ? [e.event] : []))
    expect([first?.seq, first?.prevHash]).toEqual([0, GENESIS_HASH])
    expect([second?.seq, second?.prevHash]).toEqual([1, first?.hash])
  })

  it('shows a changed byte as a hash that does not match', () => {
    const encoded = new EventChain(envelope).next('terminal.resize', { channel: 0, cols: 80, rows: 24 }, at)
    const forged = Buffer.from(encoded.toString().replace('"cols":80', '"cols":81'))
    expect(decodeEvent(forged)).toEqual({ kind: 'rejected', reason: 'hash-mismatch', at: 'hash' })
  })

  it('says of an event in which nobody looked for values just that', () => {
    const body = { channel: 0, cols: 80, rows: 24 }
    const [unseen, none] = [null, { observables: [] }].map((found) => new EventChain(envelope).next('terminal.resize', body, at, found))
    expect(decodeEvent(unseen ?? Buffer.alloc(0))).toMatchObject({ kind: 'event', isDigested: false })
    expect(decodeEvent(none ?? Buffer.alloc(0))).toMatchObject({ kind: 'event', isDigested: true })
  })

  it('keeps the proof of members that a later version added', () => {
    const encoded = new EventChain(envelope).next('terminal.resize', { channel: 0, cols: 80, rows: 24, pixels: 9 } as never, at)
    expect(decodeEvent(encoded)).toMatchObject({ kind: 'event', content: expect.stringContaining('"pixels":9') })
  })
})

describe('bulk', () => {
  it('is encoded as any other event is, whatever stands around it', () => {
    for (const length of [0, 1, 1000, 200_000]) {
      const bytes = Buffer.alloc(length, 'bulk\n')
      const [bulk, plain] = [encodeBulk(bytes), { base64: bytes.toString('base64') }].map((data) =>
        new EventChain(envelope).next('terminal.output', { channel: 3, data, stream: 'stderr' }, at),
      )
      expect(bulk).toEqual(plain)
      expect(decodeEvent(bulk ?? Buffer.alloc(0))).toMatchObject({ kind: 'event', event: { body: { channel: 3, stream: 'stderr' } } })
    }
  })
})
