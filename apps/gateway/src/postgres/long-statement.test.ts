import { createHash } from 'node:crypto'
import { decodeBytes, MAX_EVENT_BYTES } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { InMemoryRecording } from './in-memory-recording.test-support.ts'
import { PostgresRecorder } from './postgres-recorder.ts'
import { randomOf } from './random.test-support.ts'
import { message } from './wire.ts'
import { frontend } from './wire-scripts.test-support.ts'

const KIB = 1024

function record(chunks: readonly Buffer[]): InMemoryRecording {
  const recording = new InMemoryRecording()
  const recorder = new PostgresRecorder(recording)
  for (const chunk of chunks) recorder.fromCaller(chunk, 0)
  recorder.end(0)
  return recording
}

/** The bytes that the events say the only statement had. */
function recorded(recording: InMemoryRecording): Buffer {
  const [statement] = recording.of('sql.statement').map((event) => event.body)
  if (statement === undefined) throw new Error('no statement')
  const pieces = recording.of('sql.notice').map(({ body }) => decodeBytes(body.data ?? { utf8: '' }))
  const head = statement.raw ? decodeBytes(statement.raw) : Buffer.from(statement.text)
  const tail = statement.tailRaw ? decodeBytes(statement.tailRaw) : Buffer.from(statement.tail ?? '')
  expect(statement.tailFrom).toBe(head.length + Buffer.concat(pieces).length)
  expect(statement.truncated?.kept).toBe(head.length + tail.length)
  return Buffer.concat([head, ...pieces, tail])
}

const executed = (text: Buffer): Buffer =>
  Buffer.concat([message('P', '', text, Buffer.from([0]), Buffer.alloc(2)), frontend.bind(), frontend.execute(), frontend.sync()])
const queried = (text: Buffer): Buffer => message('Q', text, Buffer.from([0]))

const padded: [string, string | Buffer][] = [
  ['300 KiB of spaces', ' '.repeat(300 * KIB)],
  ['a comment of 300 KiB', `/*${'é/* */'.repeat(50 * KIB)}*/`],
  ['2 MiB of lines', '-- x\n'.repeat(400 * KIB)],
  ['60 KiB of line ends, which an event has no room for', '\n'.repeat(60 * KIB)],
  ['a comment that is no UTF-8', Buffer.concat([Buffer.from('/*'), Buffer.alloc(500 * KIB, 0xff), Buffer.from('*/')])],
]

describe('a statement longer than an event', () => {
  for (const [mode, wire] of [
    ['asked at once', queried],
    ['prepared', executed],
  ] as const) {
    it.each(padded)(`behind %s, ${mode}, is recorded whole, with its keyword and its digest`, (_, padding) => {
      const text = Buffer.concat([Buffer.from(padding), Buffer.from('DROP TABLE wire')])
      const recording = record([wire(text)])
      const [statement] = recording.of('sql.statement').map((event) => event.body)
      expect(statement).toMatchObject({ kind: 'DROP', tables: ['wire'], sha256: createHash('sha256').update(text).digest('hex') })
      expect(statement?.tail?.endsWith('DROP TABLE wire')).toBe(true)
      expect(recorded(recording).equals(text)).toBe(true)
      expect(recording.largestEvent).toBeLessThanOrEqual(MAX_EVENT_BYTES)
    })
  }

  it('is recorded whole where every event is as large as it can be', () => {
    const tables = Array.from({ length: 64 }, (_, n) => `FROM "${'é'.repeat(150)}${n}"`).join(' ')
    for (const fill of [Buffer.alloc(600 * KIB, 1), Buffer.alloc(600 * KIB, 0xff), Buffer.from('"\\'.repeat(300 * KIB))]) {
      const text = Buffer.concat([Buffer.from(`${'SELECT 1;'.repeat(3000)}${tables} `), fill])
      const recording = record([
        message('P', 'x'.repeat(70), text, Buffer.from([0]), Buffer.alloc(2)),
        frontend.bind(['\u0001'.repeat(100 * KIB)], { name: 'x'.repeat(70) }),
        frontend.execute(),
      ])
      expect(recorded(recording).equals(text)).toBe(true)
      expect(recording.largestEvent).toBeLessThanOrEqual(MAX_EVENT_BYTES)
    }
  })

  it('keeps the parameter types behind the text, and an observable in the tail', () => {
    const text = `SELECT $1 ${' '.repeat(400 * KIB)} FROM dblink('host=bastion.internal')`
    const recording = record([frontend.parse(text, 's', [23]), frontend.bind(['7'], { name: 's' }), frontend.execute()])
    const [statement] = recording.of('sql.statement')
    expect(statement?.body).toMatchObject({ kind: 'SELECT', prepared: 's', params: [{ oid: 23, value: '7' }] })
    expect(JSON.stringify(statement)).toContain('/tail')
  })

  it('cannot hide behind the name of a prepared statement', () => {
    const recording = record([
      frontend.parse('DROP TABLE wire', 'n'.repeat(300 * KIB)),
      frontend.bind([], { name: 'n'.repeat(63) }),
      frontend.execute(),
    ])
    expect(recording.of('sql.statement')[0]?.body).toMatchObject({ text: 'DROP TABLE wire', kind: 'DROP' })
  })

  it('gives the same events wherever its bytes are split', () => {
    const text = Buffer.from(`/* é */ ${'日本 é\n'.repeat(40 * KIB)} DROP TABLE wire`)
    for (const wire of [queried(text), executed(text)]) {
      const whole = JSON.stringify(record([wire]).events)
      const edges = [5, 256 * KIB, wire.length].flatMap((edge) => Array.from({ length: 60 }, (_, n) => edge - 30 + n))
      for (const cut of edges.filter((at) => at > 0 && at < wire.length)) {
        if (JSON.stringify(record([wire.subarray(0, cut), wire.subarray(cut)]).events) !== whole) expect.fail(`cut at ${cut}`)
      }
      for (let seed = 1; seed <= 30; seed += 1) {
        const random = randomOf(seed)
        const chunks: Buffer[] = []
        for (let at = 0; at < wire.length; ) {
          const end = at + 1 + random(seed % 2 ? 70_000 : 900)
          chunks.push(wire.subarray(at, end))
          at = end
        }
        if (JSON.stringify(record(chunks).events) !== whole) expect.fail(`seed ${seed}`)
      }
    }
  })

  it('gives the same events byte by byte, and at every offset of a shorter one that an event has no room for', () => {
    const long = queried(Buffer.from(`${' '.repeat(300 * KIB)}DROP TABLE wire`))
    expect(record([...long].map((byte) => Buffer.from([byte]))).events).toEqual(record([long]).events)
    const wire = executed(Buffer.from(`${'\n'.repeat(45 * KIB)}DROP TABLE wire`))
    const whole = JSON.stringify(record([wire]).events)
    for (let cut = 1; cut < wire.length; cut += cut > 200 && cut < wire.length - 200 ? 97 : 1) {
      if (JSON.stringify(record([wire.subarray(0, cut), wire.subarray(cut)]).events) !== whole) expect.fail(`cut at ${cut}`)
    }
  })

  it('that stops in the middle is on record as far as it came', () => {
    const wire = queried(Buffer.from(`DROP TABLE wire ${' '.repeat(500 * KIB)}`))
    const recording = record([wire.subarray(0, 400 * KIB)])
    const [statement] = recording.of('sql.statement').map((event) => event.body)
    expect(statement).toMatchObject({ kind: 'DROP', truncated: { total: 16 + 500 * KIB } })
    expect(statement?.sha256).toBeUndefined()
    expect(recorded(recording).length).toBe(400 * KIB - 5)
    expect(recording.of('sql.result')[0]?.body.incomplete).toBe(true)
  })

  it('is refused above 16 MiB at its header, and only then', () => {
    for (const type of [80, 81]) {
      const recorder = new PostgresRecorder(new InMemoryRecording())
      recorder.fromCaller(Buffer.from([type, 1, 0, 0, 4]), 0)
      expect(recorder.violation).toBeNull()
      const other = new PostgresRecorder(new InMemoryRecording())
      other.fromCaller(Buffer.from([type, 1, 0, 0, 5]), 0)
      expect(other.violation?.sqlstate).toBe('54000')
    }
    const copying = new PostgresRecorder(new InMemoryRecording())
    copying.fromCaller(Buffer.from([100, 9, 0, 0, 5]), 0)
    expect(copying.violation).toBeNull()
  })
})

describe('a pipeline of many Executes', () => {
  it('records a long text and many values once, and names them after that', () => {
    const text = `SELECT $1 -- ${'x'.repeat(200 * KIB)}`
    const many = Buffer.concat(Array.from({ length: 5000 }, () => frontend.execute()))
    const recording = record([frontend.parse(text), frontend.bind(['y'.repeat(50 * KIB)]), many])
    const [first, second, ...rest] = recording.of('sql.statement')
    expect(first?.body.text).toBe(text)
    expect(second?.body).toMatchObject({ textOf: first?.seq, paramsOf: first?.seq, params: [], paramsTruncated: { kept: 0, total: 1 } })
    expect(second?.body.truncated?.total).toBe(text.length)
    expect(rest).toHaveLength(4998)
    expect(JSON.stringify(rest).length).toBeLessThan(5000 * 3 * KIB)
  })

  it('says what a name in use may have stood for whole once, then by reference', () => {
    const hidden = `${' '.repeat(200 * KIB)}DROP TABLE wire`
    const again = [frontend.parse('SELECT 1', 'n'), frontend.bind([], { name: 'n' }), frontend.execute(), frontend.execute()]
    const recording = record([frontend.parse(hidden, 'n'), ...again])
    const notices = recording.of('sql.notice').map((event) => event.body)
    const pieces = notices.filter(({ kind }) => kind === 'text').map(({ data }) => decodeBytes(data ?? { utf8: '' }))
    expect(Buffer.concat(pieces).toString()).toBe(hidden)
    const said = notices.filter(({ kind }) => kind === 'notice').map((notice) => notice.message)
    expect(said[0]?.endsWith('DROP TABLE wire')).toBe(true)
    expect(said[1]).toMatch(/see event \d+$/)
  })
})
