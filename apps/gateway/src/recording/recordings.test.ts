import { describe, expect, it } from 'vitest'
import { recoverSpool } from '../spool/recovery.ts'
import { aBootId, aSpoolDir, aWho, eventsIn, openRecordings, until } from './recordings.test-support.ts'
import type { Recordings } from './recordings.ts'

const resize = (cols: number) => ({ channel: 0, cols, rows: 24 })

/** What the heartbeats in a spool name: the highest seq of each session. */
function namedIn(dir: string): Map<string, number> {
  const named = new Map<string, number>()
  for (const event of eventsIn(dir)) {
    if (event.type !== 'gateway.heartbeat') continue
    for (const [id, seq] of event.body.open) named.set(id, Math.max(seq, named.get(id) ?? -1))
  }
  return named
}

const aSecondBoot = '019aa0c0-0000-7000-8000-0000000000b1'

describe('the stream of a boot', () => {
  it.each([
    ['ended', async (last: Recordings) => last.close()],
    ['was left open', async ({ outbox }: Recordings) => until(() => outbox.writtenTo === outbox.position)],
  ])('names the last event of the one before it, which %s', async (_, leave) => {
    const dir = aSpoolDir()
    const last = openRecordings(dir)
    last.announceBoot()
    await leave(last)
    const { closedBoot } = recoverSpool(dir)
    const next = openRecordings(dir, {}, aSecondBoot)
    next.announceBoot(closedBoot ?? undefined)
    await next.close()
    const events = eventsIn(dir)
    const end = events.findLast((event) => event.sessionId === aBootId)
    expect(end?.type).toBe('session.ended')
    const previousBoot = { bootId: aBootId, lastSeq: end?.seq, hash: end?.hash }
    expect(events.find((event) => event.sessionId === aSecondBoot)?.body).toMatchObject({ previousBoot })
  })
})

describe('heartbeats', () => {
  it('name a session that began and ended between two of them, up to its last event', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir)
    recordings.heartbeat()
    const recording = recordings.start(aWho, 'default')
    recording.append('terminal.resize', resize(80))
    recording.end('client')
    recordings.heartbeat()
    recordings.heartbeat()
    await recordings.close()
    expect(namedIn(dir).get(recording.sessionId)).toBe(1)
    const heartbeats = eventsIn(dir).flatMap((event) => (event.type === 'gateway.heartbeat' ? [event.body.open.length] : []))
    expect(heartbeats).toEqual([0, 1, 0, 0])
  })

  it('name what the shutdown itself ended, and what a dead gateway left', async () => {
    const dir = aSpoolDir()
    const died = openRecordings(dir)
    const left = died.start(aWho, 'default')
    left.append('terminal.resize', resize(80))
    await until(() => died.outbox.writtenTo === died.outbox.position)
    const next = openRecordings(dir, {}, '019aa0c0-0000-7000-8000-0000000000b1')
    const ended = next.start(aWho, 'default')
    ended.append('terminal.resize', resize(80))
    await next.close()
    const named = namedIn(dir)
    expect([named.get(left.sessionId), named.get(ended.sessionId)]).toEqual([2, 1])
  })

  it('give the hash of each event that they name', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir)
    const [open, ended] = [recordings.start(aWho, 'default'), recordings.start(aWho, 'default')]
    open.append('terminal.resize', resize(80))
    ended.end('client')
    recordings.heartbeat()
    await recordings.close()
    const events = eventsIn(dir)
    const heads = events
      .flatMap(({ type, body }) => (type === 'gateway.heartbeat' ? body.open.map(([id], i) => [id, body.heads?.[i]]) : []))
      .slice(0, 2)
    const firstOf = (id: string) => [id, events.find((event) => event.sessionId === id && event.seq === 0)?.hash.slice(0, 32)]
    expect(heads).toEqual([firstOf(ended.sessionId), firstOf(open.sessionId)])
  })

  it('come before their time when many sessions end, and name each', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir)
    const ids = Array.from({ length: 4500 }, () => {
      const recording = recordings.start(aWho, 'default')
      recording.end('client')
      return recording.sessionId
    })
    await recordings.close()
    const named = namedIn(dir)
    expect(ids.filter((id) => named.get(id) !== 0)).toEqual([])
  })
})
