import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DURABLE_FILE, decodeMark, readRecords, SEGMENT_HEADER_BYTES, segmentFileName } from '@hoptrace/bus'
import { describe, expect, it } from 'vitest'
import { Outbox, type OutboxOptions } from './outbox.ts'

const options = (dir: string, over: Partial<OutboxOptions> = {}): OutboxOptions => ({
  dir,
  segmentBytes: 64 * 1024,
  syncWithinMs: 5,
  retryAfterMs: 20,
  start: { segment: 0, previousEnd: 0 },
  checkpoint: () => Buffer.from('{"sessions":[]}'),
  ...over,
})

function payloadsOf(dir: string, segment: number): string[] {
  const bytes = readFileSync(join(dir, segmentFileName(segment)))
  return readRecords(bytes, SEGMENT_HEADER_BYTES).records.map((record) => record.payload.toString())
}

const durable = (outbox: Outbox, mark: number) =>
  new Promise<void>((resolve) => {
    outbox.onProgress(() => outbox.durableTo >= mark && resolve())
    outbox.want(mark)
  })

describe('Outbox', () => {
  it('is in the spool after a turn of the event loop, before any sync', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'outbox-'))
    const outbox = new Outbox(options(dir))
    const mark = outbox.append(Buffer.from('first'))
    expect(outbox.writtenTo).toBeLessThan(mark)
    await new Promise((resolve) => setImmediate(resolve))
    expect(outbox.writtenTo).toBe(mark)
    expect(payloadsOf(dir, 0)).toEqual(['first'])
    await outbox.close()
  })

  it('moves the durable mark only behind whole, synced records', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'outbox-'))
    const outbox = new Outbox(options(dir))
    await durable(outbox, outbox.append(Buffer.from('first')))
    const bytes = readFileSync(join(dir, segmentFileName(0)))
    const mark = decodeMark(readFileSync(join(dir, DURABLE_FILE)))
    expect(mark).toEqual({ segment: 0, offset: readRecords(bytes, SEGMENT_HEADER_BYTES).offset })
    await outbox.close()
  })

  it('goes on in the next segment when one is full, and loses nothing', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'outbox-'))
    const outbox = new Outbox(options(dir))
    const sent = Array.from({ length: 300 }, (_, i) => `${i}:${'x'.repeat(997)}`)
    for (const text of sent) outbox.append(Buffer.from(text))
    await outbox.close()
    const segments = [0, 1, 2, 3, 4].flatMap((n) => payloadsOf(dir, n))
    expect(segments).toEqual(sent)
  })
})
