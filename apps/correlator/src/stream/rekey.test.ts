import { CorrelationNote, topics } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { anId, idsFrom, RecordedGateway, RecordedSession } from '../testing.ts'
import { type NoteMessage, Rekey } from './rekey.ts'

idsFrom(7_000_000)
const run = anId(0)
const session = new RecordedSession(1, { run }, { protocol: 'postgres', name: 'orders' }, { token: 'hop_parent12345678' })
const gateway = new RecordedGateway().runStarts(0, run).beats(5).beats(6)

function published() {
  const sent: { topic: string; note: CorrelationNote; message: NoteMessage }[] = []
  const notes = {
    async send(topic: string, messages: readonly NoteMessage[]): Promise<void> {
      for (const message of messages) sent.push({ topic, message, note: CorrelationNote.parse(JSON.parse(message.value)) })
    },
  }
  return { sent, rekey: new Rekey({ notes, partitions: 3, ends: async () => [7, 0, 9] }) }
}

const asBatch = (events: readonly Buffer[]) =>
  events.map((value, offset) => ({ value, at: { source: topics.events, partition: '2', offset } }))

describe('the first stage', () => {
  it('publishes accesses and sightings to their topics, under what may link them', async () => {
    const { sent, rekey } = published()
    await rekey.onBatch(asBatch(session.events))
    const [sighting, access] = sent
    expect([sighting?.topic, access?.topic]).toEqual([topics.sightings, topics.accesses])
    expect(sighting?.note.kind === 'sighting' && sighting.note.digest).toBe(sighting?.message.key)
    expect(access?.message.key).toBe('default/ana')
  })

  it('notes the last heartbeat once, behind all that came before it, with where the events ended by then', async () => {
    const { sent, rekey } = published()
    await rekey.onBatch(asBatch([...gateway.events, ...session.events]))
    expect(sent.filter(({ note }) => note.kind === 'watermark')).toEqual(sent.slice(-1))
    expect(sent.at(-1)).toMatchObject({ topic: topics.accesses, message: { partition: 2 }, note: { seq: 2, source: 2, ends: [7, 0, 9] } })
  })

  it('notes nothing of a batch whose heartbeat it cannot vouch for: the batch comes again', async () => {
    const away = new Error('the brokers are away')
    const rekey = new Rekey({ notes: { send: async () => undefined }, partitions: 3, ends: () => Promise.reject(away) })
    await expect(rekey.onBatch(asBatch(gateway.events))).rejects.toBe(away)
    expect(rekey.state.notes).toBe(0)
  })

  it('leaves what is no event to the ingest, and counts it', async () => {
    const { sent, rekey } = published()
    await rekey.onBatch(asBatch([Buffer.from('no event'), ...gateway.events.slice(0, 1)]))
    expect(rekey.state).toMatchObject({ events: 1, unreadable: 1 })
    expect(sent.map(({ note }) => note.kind)).toEqual(['access'])
  })
})
