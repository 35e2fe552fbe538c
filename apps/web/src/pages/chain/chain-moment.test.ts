import type { AccessNode, SessionCommand } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { commandAt, momentOf, nextStand } from './chain-moment.ts'

const NOON = Date.UTC(2026, 10, 20, 12)
const noonPlus = (ms: number) => new Date(NOON + ms).toISOString().replace('Z', '000Z')

function aNode(over: Partial<AccessNode>): AccessNode {
  const who = { account: 'app', principal: 'ana', rootPrincipal: null, run: null, address: null }
  const what = {
    protocol: 'postgres' as const,
    target: 'orders',
    outcome: null,
    denyReason: null,
    depth: 0,
    isRefused: false,
    unseen: null,
  }
  const at = { sessionId: '01890000-0000-7000-8000-000000000000', seq: 0, ms: 0 }
  return { id: 'a', kind: 'session', at, startedAt: noonPlus(1000), endedAt: noonPlus(5000), ...who, ...what, ...over }
}

describe('an access at a moment of its chain', () => {
  it('is ahead, then at its own position, then over at its end', () => {
    expect(momentOf(aNode({}), NOON + 999)).toEqual({ state: 'ahead' })
    expect(momentOf(aNode({}), NOON + 3500)).toEqual({ state: 'now', ms: 2500 })
    expect(momentOf(aNode({}), NOON + 9000)).toEqual({ state: 'past', ms: 4000 })
  })

  it('goes on while its session is open', () => {
    expect(momentOf(aNode({ endedAt: null }), NOON + 60_000)).toEqual({ state: 'now', ms: 59_000 })
  })

  it('counts from the session’s start where it is a use inside of it', () => {
    const use = aNode({ kind: 'use', at: { sessionId: '01890000-0000-7000-8000-000000000000', seq: 4, ms: 700 } })
    expect(momentOf(use, NOON + 1500)).toEqual({ state: 'now', ms: 1200 })
  })

  it('is over at once when it was refused', () => {
    expect(momentOf(aNode({ isRefused: true, endedAt: null }), NOON + 1000)).toEqual({ state: 'past', ms: 0 })
  })
})

it('names the last command that was given by then', () => {
  const command = (ms: number, text: string): SessionCommand => {
    return { seq: ms, ms, playerSeconds: null, channel: 0, kind: 'statement', text, exitStatus: null }
  }
  const commands = [command(100, 'first'), command(200, 'second')]
  expect([99, 100, 250].map((ms) => commandAt(commands, ms)?.text)).toEqual([undefined, 'first', 'second'])
})

it('passes over what is idle in every session, and stops at the end', () => {
  const pieces = [
    { from: 0, to: 1000, isIdle: false },
    { from: 1000, to: 90_000, isIdle: true },
    { from: 90_000, to: 91_000, isIdle: false },
  ]
  expect([nextStand(pieces, 500, 100), nextStand(pieces, 950, 100), nextStand(pieces, 90_950, 100)]).toEqual([600, 90_000, 91_000])
})
