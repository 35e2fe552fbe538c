import { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { CROWD, MAX_STRANGERS, MAX_STRANGERS_OF_ONE, Strangers } from './strangers.ts'

const LONG_MS = 3_600_000
const admitted: [Strangers, Socket][] = []
afterEach(() => {
  for (const [strangers, socket] of admitted.splice(0)) strangers.forget(socket)
})

function aDoor(times = { loginMs: LONG_MS, crowdedLoginMs: LONG_MS }) {
  const strangers = new Strangers(times, () => performance.now() * 1000)
  const knock = (address: string): Socket | null => {
    const socket = new Socket()
    socket.once('close', () => strangers.forget(socket))
    if (!strangers.admit(socket, address)) return null
    admitted.push([strangers, socket])
    return socket
  }
  const knockAll = (addresses: string[]) => addresses.map(knock).filter((socket) => socket !== null)
  return { strangers, knock, knockAll }
}
const addresses = (count: number, make = (i: number) => `10.0.${i >> 8}.${i & 255}`) => Array.from({ length: count }, (_, i) => make(i))

describe('strangers', () => {
  it.each([
    ['an address', () => '192.0.2.7'],
    ['an IPv6 network', (i: number) => `2001:db8:0:1::${(i + 1).toString(16)}`],
  ])('of %s cannot keep those of another out', (_, make) => {
    const { knock, knockAll } = aDoor()
    const taken = knockAll(addresses(MAX_STRANGERS, make))
    expect(taken).toHaveLength(MAX_STRANGERS_OF_ONE)
    expect(knock('192.0.2.8')).not.toBeNull()
    expect(knock('2001:db8:0:2::1')).not.toBeNull()
  })

  it('are let in again when one of theirs has logged in or gone', () => {
    const { strangers, knock, knockAll } = aDoor()
    const [first] = knockAll(addresses(MAX_STRANGERS_OF_ONE, () => '192.0.2.7'))
    expect(knock('192.0.2.7')).toBeNull()
    if (first) strangers.forget(first)
    expect(knock('192.0.2.7')).not.toBeNull()
  })

  it('on loopback may be as many as there may be at all', () => {
    const { knockAll } = aDoor()
    expect(knockAll(addresses(MAX_STRANGERS + 1, () => '127.0.0.1'))).toHaveLength(MAX_STRANGERS)
  })

  it('give way when they are a crowd, also those that came before it', async () => {
    const { knock, knockAll } = aDoor({ loginMs: LONG_MS, crowdedLoginMs: 1 })
    const early = knockAll(addresses(CROWD - 1))
    await new Promise((resolve) => setImmediate(resolve))
    expect(early.some((socket) => socket.destroyed)).toBe(false)
    const last = knock('192.0.2.9')
    await until(() => [...early, last].every((socket) => socket?.destroyed))
  })
})
