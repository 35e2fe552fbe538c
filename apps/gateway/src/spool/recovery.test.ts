import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSegmentHeader, readRecords, SEGMENT_HEADER_BYTES, segmentFileName, segmentOfFileName } from '@hoptrace/bus'
import { walkSequence } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { aSpoolDir, aWho, eventsIn, openRecordings, until } from '../recording/recordings.test-support.ts'
import { recoverSpool } from './recovery.ts'

const resize = (cols: number) => ({ channel: 0, cols, rows: 24 })
const aBoot = (n: number) => `019aa0c0-0000-7000-8000-00000000${String(n).padStart(4, '0')}`
const segmentsOf = (dir: string) => readdirSync(dir).filter((name) => segmentOfFileName(name) !== null)

/** A spool whose gateway died with `sessions` open, each with its first event in it. */
async function aDeadSpool(sessions: number, segmentBytes = 256 * 1024) {
  const dir = aSpoolDir()
  const died = openRecordings(dir, { segmentBytes }, aBoot(0))
  const ids = Array.from({ length: sessions }, () => {
    const recording = died.start(aWho, 'default')
    recording.append('terminal.resize', resize(80))
    return recording.sessionId
  })
  await until(() => died.outbox.writtenTo === died.outbox.position)
  return { dir, ids }
}

/** The spool as a kill would leave it: no process behind it goes on. */
function killed(dir: string): string {
  const copy = aSpoolDir()
  mkdirSync(copy, { recursive: true })
  for (const name of segmentsOf(dir)) copyFileSync(join(dir, name), join(copy, name))
  return copy
}

function expectWhole(dir: string, ids: readonly string[]): void {
  const events = eventsIn(dir)
  for (const id of ids) {
    const own = events.filter((event) => event.sessionId === id)
    expect(walkSequence(own, null)).toMatchObject({ completeness: 'gap', missing: [], conflicts: [] })
    expect(own.at(-1)?.type).toBe('session.ended')
  }
}

describe('recovery', () => {
  it.each([
    ['its header alone', (header: Buffer) => header],
    ['a torn checkpoint', (header: Buffer) => Buffer.concat([header, Buffer.from([9, 0, 0, 0x80, 1, 2, 3])])],
  ])('knows the open sessions when the newest segment holds %s', async (_, made) => {
    const { dir, ids } = await aDeadSpool(3)
    const end = readRecords(readFileSync(join(dir, segmentFileName(0))), SEGMENT_HEADER_BYTES).offset
    writeFileSync(join(dir, segmentFileName(1)), Buffer.concat([made(encodeSegmentHeader(1, end)), Buffer.alloc(4096)]))
    const next = openRecordings(dir, {}, aBoot(1))
    await next.close()
    expectWhole(dir, ids)
  })

  it('knows them when the newest segment is empty', async () => {
    const { dir, ids } = await aDeadSpool(2)
    writeFileSync(join(dir, segmentFileName(1)), '')
    const found = recoverSpool(dir).open.map((session) => session.envelope.sessionId)
    expect(found).toEqual(expect.arrayContaining(ids))
  })

  it('ends each session once, however many segments that takes and whenever the next gateway dies', async () => {
    const { dir, ids } = await aDeadSpool(400)
    openRecordings(dir, { segmentBytes: 64 * 1024 }, aBoot(1))
    const copy = killed(dir)
    expect(segmentsOf(copy).length).toBeGreaterThan(4)
    for (let boot = 2; boot < 5; boot++) openRecordings(copy, { segmentBytes: 64 * 1024 }, aBoot(boot))
    await openRecordings(copy, {}, aBoot(9)).close()
    expectWhole(copy, ids)
  })

  it('never takes an event for written that the turn into a new segment left unwritten', async () => {
    const dir = aSpoolDir()
    const died = openRecordings(dir, { segmentBytes: 64 * 1024 }, aBoot(0))
    const recording = died.start(aWho, 'default')
    let appended = 0
    for (const segments = segmentsOf(dir).length; segmentsOf(dir).length === segments; appended++) {
      recording.append('terminal.resize', resize(appended + 1))
    }
    const copy = killed(dir)
    await openRecordings(copy, {}, aBoot(1)).close()
    expectWhole(copy, [recording.sessionId])
    expect(eventsIn(copy).filter((event) => event.type === 'terminal.resize')).toHaveLength(appended - 1)
  })
})
