import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  CursorFile,
  DURABLE_FILE,
  encodeCheckpoint,
  encodeMark,
  encodeRecord,
  encodeSeal,
  encodeSegmentHeader,
  type RawMessage,
  SpoolTail,
  type SpoolTailOptions,
  segmentFileName,
  segmentsIn,
  type TailNotice,
} from './index.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hoptrace-spool-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const CAPACITY = 4096

/** Writes a segment as the gateway does: header, records, then zeros. Answers where its records end. */
function writeSegment(segment: number, parts: readonly Buffer[], { previousEnd = 0, isSealed = false } = {}): number {
  const bytes = Buffer.concat([encodeSegmentHeader(segment, previousEnd), ...parts])
  const rest = isSealed ? encodeSeal() : Buffer.alloc(Math.max(CAPACITY - bytes.length, 0))
  writeFileSync(join(directory, segmentFileName(segment)), Buffer.concat([bytes, rest]))
  return bytes.length
}
function markDurable(segment: number, offset: number): void {
  writeFileSync(join(directory, DURABLE_FILE), encodeMark({ segment, offset }))
}
const records = (...texts: string[]) => texts.map((text) => encodeRecord(Buffer.from(text)))

function aTail(over: Partial<SpoolTailOptions> = {}): SpoolTail {
  return new SpoolTail({ directory, name: 'test', lingerMs: 0, pollMs: 5, retryMs: 1, ...over })
}

/** Consumes all that is durable. */
async function consume(over: Partial<SpoolTailOptions> = {}): Promise<RawMessage[]> {
  const tail = aTail(over)
  const seen: RawMessage[] = []
  tail.start(async (batch) => {
    seen.push(...batch)
  })
  await tail.caughtUp()
  await tail.stop()
  return seen
}
const textsOf = (messages: RawMessage[]) => messages.map((message) => message.value.toString())

describe('SpoolTail', () => {
  it('hands over what is durable and nothing behind it', async () => {
    const parts = records('a', 'b', 'not yet durable')
    writeSegment(0, parts)
    markDurable(0, 32 + 9 + 9)
    expect(textsOf(await consume())).toEqual(['a', 'b'])
  })

  it('says where each message stood', async () => {
    writeSegment(0, records('a', 'b'))
    markDurable(0, 50)
    const at = (await consume({ source: 'gw-1' })).map((message) => message.at)
    expect(at).toEqual([
      { source: 'gw-1', partition: '0', offset: 32 },
      { source: 'gw-1', partition: '0', offset: 41 },
    ])
  })

  it('goes on with what becomes durable later, through a mark that stands within a record', async () => {
    writeSegment(0, records('a', 'b', 'c'))
    markDurable(0, 45)
    const tail = aTail()
    const seen: RawMessage[] = []
    tail.start(async (batch) => {
      seen.push(...batch)
    })
    await until(() => seen.length === 1)
    markDurable(0, 59)
    await tail.caughtUp()
    await tail.stop()
    expect(textsOf(seen)).toEqual(['a', 'b', 'c'])
  })

  it('reads a torn mark again until it is whole', async () => {
    writeSegment(0, records('a'))
    writeFileSync(join(directory, DURABLE_FILE), encodeMark({ segment: 0, offset: 41 }).subarray(0, 19))
    const tail = aTail()
    const seen: RawMessage[] = []
    tail.start(async (batch) => {
      seen.push(...batch)
    })
    markDurable(0, 41)
    await tail.caughtUp()
    await tail.stop()
    expect(textsOf(seen)).toEqual(['a'])
  })

  it('goes from a sealed segment to the next', async () => {
    writeSegment(0, records('a'), { isSealed: true })
    const end = writeSegment(1, [encodeCheckpoint(Buffer.from('note')), ...records('b')], { previousEnd: 41 })
    markDurable(1, end)
    expect(textsOf(await consume())).toEqual(['a', 'b'])
  })

  it('ends an abandoned segment where the header of the next one says', async () => {
    writeSegment(0, records('a', 'written again'))
    const end = writeSegment(1, records('written again'), { previousEnd: 41 })
    markDurable(1, end)
    expect(textsOf(await consume())).toEqual(['a', 'written again'])
  })

  it('passes over a torn tail that the writer left behind', async () => {
    const torn = encodeRecord(Buffer.from('torn')).subarray(0, 10)
    writeSegment(0, [...records('a'), torn])
    const end = writeSegment(1, records('b'), { previousEnd: 41 })
    markDurable(1, end)
    expect(await consume()).toMatchObject([{ value: Buffer.from('a') }, { value: Buffer.from('b') }])
  })

  it('goes on where it stopped', async () => {
    writeSegment(0, records('a', 'b'))
    markDurable(0, 41)
    expect(textsOf(await consume())).toEqual(['a'])
    markDurable(0, 50)
    expect(textsOf(await consume())).toEqual(['b'])
    expect(textsOf(await consume())).toEqual([])
  })

  it('reads everything again when its cursor is damaged', async () => {
    writeSegment(0, records('a'))
    markDurable(0, 41)
    await consume()
    writeFileSync(join(directory, 'cursor-test'), 'damaged')
    expect(textsOf(await consume())).toEqual(['a'])
  })

  it('bounds batches by count, and by bytes to within one record', async () => {
    const end = writeSegment(0, records('a', 'b', 'c', 'x'.repeat(1000), 'd'))
    markDurable(0, end)
    const sizes: number[] = []
    const tail = aTail({ batchMessages: 2, batchBytes: 100 })
    tail.start(async (batch) => {
      sizes.push(batch.length)
    })
    await tail.caughtUp()
    await tail.stop()
    expect(sizes).toEqual([2, 2, 1])
  })

  it('reads records larger than a chunk', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'x')
    const end = writeSegment(0, [...records('a'), encodeRecord(large), ...records('b')])
    markDurable(0, end)
    expect((await consume()).map((message) => message.value.length)).toEqual([1, large.length, 1])
  })

  it('tries a failed batch again until it succeeds, and says so', async () => {
    writeSegment(0, records('a'))
    markDurable(0, 41)
    const notices: TailNotice[] = []
    const attempts: string[][] = []
    const tail = aTail({ onNotice: (notice) => notices.push(notice) })
    tail.start(async (batch) => {
      attempts.push(textsOf(batch))
      if (attempts.length < 3) throw new Error('store is away')
    })
    await tail.caughtUp()
    await tail.stop()
    expect(attempts).toEqual([['a'], ['a'], ['a']])
    expect(notices).toMatchObject([
      { kind: 'retry', attempt: 1 },
      { kind: 'retry', attempt: 2 },
    ])
  })

  it('hands a failed batch and those behind it over again, in order', async () => {
    const end = writeSegment(0, records('a', 'b', 'c', 'd'))
    markDurable(0, end)
    const seen: string[] = []
    let failures = 0
    const tail = aTail({ inFlight: 2, batchMessages: 1 })
    tail.start(async (batch) => {
      const [text] = textsOf(batch)
      if (text === 'b' && failures++ === 0) throw new Error('once')
      seen.push(text ?? '')
    })
    await tail.caughtUp()
    await tail.stop()
    // `c` was in flight behind the `b` that failed.
    expect(seen.filter((text, i) => seen.lastIndexOf(text) === i)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('never saves a cursor past a batch whose handler has not resolved', async () => {
    writeSegment(0, records('a', 'b'))
    markDurable(0, 50)
    const tail = aTail({ inFlight: 2, batchMessages: 1 })
    let finishFirst: () => void = () => undefined
    const first = new Promise<void>((resolve) => {
      finishFirst = resolve
    })
    let handed = 0
    tail.start(async () => {
      handed += 1
      if (handed === 1) await first
    })
    await until(() => handed === 2)
    expect(await new CursorFile(directory, 'test').load()).toBeNull()
    finishFirst()
    await tail.caughtUp()
    await tail.stop()
    expect(await new CursorFile(directory, 'test').load()).toEqual({ segment: 0, offset: 50 })
  })

  it('hands a damaged record over as damaged, alone, and reads on behind it', async () => {
    const parts = records('before', 'damaged', 'after')
    const end = writeSegment(0, parts)
    flipByte(0, 32 + (parts[0]?.length ?? 0) + 8)
    markDurable(0, end)
    const notices: TailNotice[] = []
    const seen = await consume({ onNotice: (notice) => notices.push(notice) })
    expect(seen.map((message) => message.damage ?? 'whole')).toEqual(['whole', 'crc', 'whole'])
    expect(seen[2]?.value.toString()).toBe('after')
    expect(notices).toEqual([{ kind: 'damage', at: { segment: 0, offset: 46 }, messages: 1 }])
  })

  it('keeps every byte of what cannot be told into records', async () => {
    const parts = records('before', 'x'.repeat(700), 'lost')
    const end = writeSegment(0, parts, { isSealed: true })
    const next = writeSegment(1, records('next segment'), { previousEnd: end })
    flipByte(0, 32 + (parts[0]?.length ?? 0) + 1)
    markDurable(1, next)
    const seen = await consume({ keepSegments: null })
    const damaged = Buffer.concat(seen.filter((message) => message.damage).map((message) => message.value))
    expect(damaged).toEqual(readFileSync(join(directory, segmentFileName(0))).subarray(46, end))
    expect(textsOf(seen).at(-1)).toBe('next segment')
  })

  it('deletes consumed segments, once every reader has left them, and never the newest', async () => {
    for (const segment of [0, 1, 2])
      writeSegment(segment, records(`${segment}`), { isSealed: segment < 2, previousEnd: segment === 0 ? 0 : 41 })
    markDurable(2, 41)
    await new CursorFile(directory, 'slow').save({ segment: 1, offset: 32 })
    await consume()
    expect(await segmentsIn(directory)).toEqual([1, 2])
    await consume({ name: 'slow' })
    expect(await segmentsIn(directory)).toEqual([2])
  })

  it('keeps as many consumed segments as it is told to', async () => {
    for (const segment of [0, 1, 2])
      writeSegment(segment, records(`${segment}`), { isSealed: segment < 2, previousEnd: segment === 0 ? 0 : 41 })
    markDurable(2, 41)
    await consume({ keepSegments: 1 })
    expect(await segmentsIn(directory)).toEqual([1, 2])
  })

  it('waits for a spool that has not begun', async () => {
    const tail = aTail()
    const seen: RawMessage[] = []
    tail.start(async (batch) => {
      seen.push(...batch)
    })
    writeSegment(0, records('a'))
    markDurable(0, 41)
    await until(() => seen.length === 1)
    await tail.stop()
    expect(existsSync(join(directory, 'cursor-test'))).toBe(true)
  })

  it('loses nothing, wherever it is killed and whatever fails', async () => {
    const script = fc.record({
      segments: fc.array(fc.array(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 4,
      }),
      outcomes: fc.array(fc.constantFrom('ok', 'fail', 'kill'), { maxLength: 12 }),
      batchMessages: fc.integer({ min: 1, max: 5 }),
      inFlight: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(script, async ({ segments, outcomes, batchMessages, inFlight }) => {
        rmSync(directory, { recursive: true, force: true })
        directory = mkdtempSync(join(tmpdir(), 'hoptrace-spool-'))
        let end = 0
        segments.forEach((texts, segment) => {
          end = writeSegment(segment, records(...texts), { previousEnd: end, isSealed: segment < segments.length - 1 })
        })
        markDurable(segments.length - 1, end)
        const stored: string[] = []
        const left = [...outcomes]
        let isDone = false
        while (!isDone) {
          const tail = aTail({ batchMessages, inFlight })
          let isKilled = false
          tail.start(async (batch) => {
            const outcome = isKilled ? 'kill' : (left.shift() ?? 'ok')
            if (outcome === 'ok') stored.push(...batch.map((m) => `${m.at.partition} ${m.at.offset} ${m.value}`))
            // Killed between the handler and the cursor: stored, and never acknowledged.
            if (outcome === 'kill') {
              if (!isKilled) stored.push(...batch.map((m) => `${m.at.partition} ${m.at.offset} ${m.value}`))
              isKilled = true
            }
            if (outcome !== 'ok') throw new Error(outcome)
          })
          await Promise.race([tail.caughtUp(), until(() => isKilled)])
          await tail.stop()
          isDone = !isKilled
        }
        expect(new Set(stored).size).toBe(segments.flat().length)
      }),
      { numRuns: 60 },
    )
  })
})

function flipByte(segment: number, at: number): void {
  const path = join(directory, segmentFileName(segment))
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 0x55
  writeFileSync(path, bytes)
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1))
}
