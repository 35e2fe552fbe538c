import { MAX_EVENT_BYTES } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { MessageFramer, type MessageSink } from './frames.ts'
import { InMemoryRecording } from './in-memory-recording.test-support.ts'
import { PostgresRecorder } from './postgres-recorder.ts'
import { noise, type Random, randomOf } from './random.test-support.ts'
import { message } from './wire.ts'
import type { Traffic } from './wire-capture.test-support.ts'
import { fixture, fixtureNames } from './wire-fixtures.test-support.ts'

const conversations = fixtureNames.map(fixture)
const types = Buffer.from('QPBDECSHFdcfX123ADEGHINSTVWZnst')

/** A message of a real type with a body of noise. */
const nonsense = (random: Random): Buffer => message(String.fromCharCode(types[random(types.length)] ?? 81), noise(random, random(120)))

function mutated(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let n = random(4); n > 0 && copy.length > 0; n -= 1) copy[random(copy.length)] = random(256)
  const at = random(copy.length + 1)
  const change = random(6)
  if (change === 0) return copy.subarray(0, at)
  if (change === 1) return Buffer.concat([copy.subarray(0, at), noise(random, random(16)), copy.subarray(at)])
  if (change === 2) return Buffer.concat([nonsense(random), copy])
  return copy
}

function hostileTraffic(random: Random): Traffic {
  const source = conversations[random(conversations.length)] ?? []
  const start = random(source.length)
  const picked = source.slice(start, start + 1 + random(8))
  return picked.flatMap(({ from, bytes }) => {
    const hostile = mutated(random, bytes)
    const cut = random(hostile.length + 1)
    const other = from === 'caller' ? ('target' as const) : ('caller' as const)
    const chunks = [
      { from, bytes: hostile.subarray(0, cut) },
      { from, bytes: hostile.subarray(cut) },
    ]
    return random(8) === 0 ? [...chunks, { from: other, bytes: nonsense(random) }] : chunks
  })
}

function play(traffic: Traffic): InMemoryRecording {
  const recording = new InMemoryRecording()
  const recorder = new PostgresRecorder(recording)
  for (const { from, bytes } of traffic) {
    if (from === 'caller') recorder.fromCaller(bytes, 0)
    else recorder.fromTarget(bytes, 0)
  }
  recorder.end(0)
  return recording
}

describe('the recorder, fed with hostile bytes', () => {
  it('makes valid events of 12,000 seeded conversations, and changes none of the bytes', () => {
    for (let seed = 1; seed <= 12_000; seed += 1) {
      const traffic = hostileTraffic(randomOf(seed))
      const before = Buffer.concat(traffic.map(({ bytes }) => bytes))
      try {
        expect(play(traffic).largestEvent).toBeLessThanOrEqual(MAX_EVENT_BYTES)
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
      if (!before.equals(Buffer.concat(traffic.map(({ bytes }) => bytes)))) expect.fail(`seed ${seed} changed bytes`)
    }
  }, 240_000)

  it('keeps events within their bound, and says what it cut, for the largest of everything', () => {
    const worst = '\u0001'.repeat(300_000)
    const urls = Array.from({ length: 4000 }, (_, n) => `https://h${n}.example/${'x'.repeat(400)}`).join(' ')
    const values = Buffer.concat([
      Buffer.from([0, 0, 0xff, 0xff]),
      ...Array.from({ length: 65_535 }, () => Buffer.from([0, 0, 0, 1, 49])),
      Buffer.from([0, 0]),
    ])
    const row = (cells: string[]): Buffer => {
      const count = Buffer.from([cells.length >> 8, cells.length & 255])
      return message('D', count, ...cells.flatMap((cell) => [lengthOf(cell), Buffer.from(cell)]))
    }
    const recording = play([
      ...[worst, urls, 'SELECT 1;'.repeat(30_000), `SELECT '${'é'.repeat(200_000)}'`].map((text) => ({
        from: 'caller' as const,
        bytes: message('Q', text),
      })),
      {
        from: 'caller',
        bytes: Buffer.concat([
          message('P', '', 'SELECT $1', Buffer.alloc(2)),
          message('B', '', '', values),
          message('E', '', Buffer.alloc(4)),
        ]),
      },
      {
        from: 'target',
        bytes: Buffer.concat([
          ...Array.from({ length: 300 }, () => row([worst, urls, '"'.repeat(5000)])),
          message('C', 'SELECT 300'),
          message('Z', Buffer.from('I')),
        ]),
      },
      {
        from: 'target',
        bytes: Buffer.concat([message('E', 'SERROR', 'C42601', `M${worst}`, Buffer.from([0])), message('Z', Buffer.from('I'))]),
      },
    ])
    expect(recording.largestEvent).toBeLessThanOrEqual(MAX_EVENT_BYTES)
    const [first, second, , fourth, bound] = recording.of('sql.statement').map((event) => event.body)
    expect(first?.truncated).toMatchObject({ total: 300_000 })
    expect(second?.text.length).toBeGreaterThan(200_000)
    expect(fourth?.text).not.toContain('\ufffd')
    expect(bound?.paramsTruncated).toMatchObject({ total: 65_535 })
    const [sampled] = recording.of('sql.result').map((event) => event.body)
    expect(sampled?.truncated).toMatchObject({ kept: 0, total: 300 })
    expect(sampled?.cutCells?.[0]).toEqual([0, 0, 300_000])
  })

  it('holds no more of a message than its bound, however long it says it is', () => {
    const recording = new InMemoryRecording()
    const recorder = new PostgresRecorder(recording)
    const chunk = Buffer.alloc(1024 * 1024, 97)
    const header = Buffer.from([68, 0x3f, 0xff, 0xff, 0xff])
    recorder.fromTarget(header, 0)
    for (let n = 0; n < 8; n += 1) recorder.fromTarget(chunk, 0)
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < 1000; n += 1) recorder.fromTarget(chunk, 0)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
    expect(recorder.isBetweenAnswers).toBe(false)
  })

  it('ends the session rather than forget what a pipeline prepared', () => {
    const recorder = new PostgresRecorder(new InMemoryRecording())
    for (let n = 0; n < 20_000; n += 1) recorder.fromCaller(message('P', `s${n}`, 'SELECT 1', Buffer.alloc(2)), 0)
    expect(recorder.violation?.message).toBe('too many prepared statements for one recorded session')
  })
})

describe('the framer', () => {
  it('finds the same messages in 10,000 seeded streams whatever the chunks', () => {
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const random = randomOf(seed)
      const stream = Buffer.concat(Array.from({ length: 1 + random(12) }, () => nonsense(random)))
      expect(messagesIn([stream])).toEqual(messagesIn(cutAtRandom(random, stream)))
    }
  })

  it('gives up at a length that no message has', () => {
    const framer = new MessageFramer({ wanted: () => 0, message: () => {} })
    framer.push(Buffer.from([81, 0, 0, 0, 3, 81]))
    expect(framer.isBroken).toBe(true)
  })
})

const lengthOf = (cell: string): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(Buffer.byteLength(cell))
  return bytes
}

function messagesIn(chunks: Buffer[]): string[] {
  const found: string[] = []
  const sink: MessageSink = {
    wanted: (type) => (type % 3) * 20,
    message: (type, bytes, start, end, length) => found.push(`${type} ${length} ${bytes.toString('hex', start, end)}`),
  }
  const framer = new MessageFramer(sink)
  for (const chunk of chunks) framer.push(chunk)
  return found
}

function cutAtRandom(random: Random, stream: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < stream.length; ) {
    const length = 1 + random(9)
    chunks.push(stream.subarray(at, at + length))
    at += length
  }
  return chunks
}
