import { type AccessNote, topics } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { NoteConsumer } from './note-consumer.ts'
import { StreamLinker } from './stream-linker.ts'

const links = {
  link: async () => 0,
  settle: async () => 0,
  lastSeqs: async () => new Map<string, number>(),
  reached: async () => undefined,
}
const note: AccessNote = {
  kind: 'access',
  v: 1,
  tenant: 't',
  gatewayId: 'gw-1',
  sessionId: '019aa0c0-0000-7000-8000-000000000001',
  seq: 0,
  ts: '1',
  type: 'access.decided',
  rootPrincipal: null,
}
const at = (offset: number) => ({ value: Buffer.from(JSON.stringify(note)), at: { source: topics.accesses, partition: '0', offset } })

function aConsumer(maxHeld = 10) {
  const linker = new StreamLinker(links, { partitions: [`${topics.accesses}/0`], now: () => 0, maxHeld })
  const consumer = new NoteConsumer(linker)
  const committed: number[] = []
  const give = (offset: number, signal = new AbortController().signal) =>
    consumer.onBatch([at(offset)], { topic: topics.accesses, partition: 0, signal, commitBefore: (before) => committed.push(before) })
  return { linker, give, committed }
}

describe('the consumer of notes', () => {
  it('lets nothing be committed that is not linked', async () => {
    const { give, committed } = aConsumer()
    await give(5)
    await give(6)
    expect(committed).toEqual([5, 5])
  })

  it('takes nothing of a batch whose partition is not its own any more, so that what comes again is held again', async () => {
    const { linker, give, committed } = aConsumer()
    await expect(give(9, AbortSignal.abort())).rejects.toThrow()
    expect(linker.state.held).toBe(0)
    await give(5)
    expect([linker.state.held, committed]).toEqual([1, [5]])
  })

  it('waits while there is no room, until the partition is not its own any more', async () => {
    const { linker, give } = aConsumer(-1)
    const leaving = new AbortController()
    const waiting = give(5, leaving.signal)
    leaving.abort()
    await expect(waiting).rejects.toThrow()
    expect(linker.state.held).toBe(0)
  })
})
