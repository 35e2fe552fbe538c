import { decodeEvent, type EventBody, type EventType, encodeBytes } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { RecordedSession } from '../../testing/recorded-session.ts'
import { excerptOf } from './excerpt.ts'

function anEvent<T extends EventType>(type: T, body: EventBody<T>) {
  const [encoded] = new RecordedSession().add(type, body).encoded
  const decoded = decodeEvent(encoded ?? Buffer.alloc(0))
  if (decoded.kind !== 'event') throw new Error(decoded.reason)
  return decoded.event
}
const output = (text: string) => anEvent('terminal.output', { channel: 0, stream: 'stdout', data: encodeBytes(Buffer.from(text)) })
const answer = anEvent('sql.result', {
  ...{ statement: 1, index: 0, tag: 'SELECT 1', rows: 1, bytes: 10, durationUs: 1, error: null, transaction: 'idle' },
  columns: [
    { name: 'name', oid: 25, type: 'text' },
    { name: 'value', oid: 25, type: 'text' },
  ],
  sample: [['jump host', 'ssh://Bastion.Internal:22']],
})

describe('an excerpt', () => {
  it('marks a value in a cell, however it is written, beside the others of its row', () => {
    expect(excerptOf(answer, '/sample/0/1', 6, 'bastion.internal')).toEqual({
      where: 'row 1, column value',
      before: 'ssh://',
      marked: 'Bastion.Internal',
      after: ':22',
      isCutBefore: false,
      isCutAfter: false,
      row: [
        { column: 'name', value: 'jump host', isMarked: false },
        { column: 'value', value: 'ssh://Bastion.Internal:22', isMarked: true },
      ],
    })
  })

  it('marks the word that stands there when its value is not known', () => {
    expect(excerptOf(output('TOKEN=abc def\r\n'), '/data', 6, null)).toMatchObject({ before: 'TOKEN=', marked: 'abc', after: ' def\n' })
  })

  it('leaves out what only a terminal obeys', () => {
    expect(excerptOf(output('\x1b[1m\x1b]0;t\x07host \x1b[31mdb\x1b[0m\r\n'), '/data', 0, 'db')).toMatchObject({
      before: 'host ',
      marked: 'db',
      after: '\n',
    })
  })

  it('is bounded on both sides', () => {
    const found = excerptOf(output(`${'a '.repeat(5000)}needle${' b'.repeat(5000)}`), '/data', null, 'needle')
    expect(found).toMatchObject({ marked: 'needle', isCutBefore: true, isCutAfter: true })
    expect((found?.before.length ?? 0) + (found?.after.length ?? 0)).toBeLessThan(1000)
  })

  it.each(['/nothing', '/data/x/y', '/sample/0/9', '/__proto__', '/constructor'])('is none where nothing stands: %s', (at) => {
    expect(excerptOf(answer, at, null, null)).toBeNull()
  })
})
