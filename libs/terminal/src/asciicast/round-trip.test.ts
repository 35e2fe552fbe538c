import { createHash } from 'node:crypto'
import { decodeBytes } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRecording, gathered } from '../fixtures/a-recording.ts'
import type { Recorded } from '../recorded.ts'
import type { CastEvent, CastItem } from './cast.ts'
import { castLines } from './exported-cast.ts'
import { importedSessionId } from './import-id.ts'
import { type ImportedEvent, importedEvents } from './imported-events.ts'
import { readCast } from './read-cast.ts'
import { EventLines, headerLine } from './write-cast.ts'

const file = { name: 'demo.cast', sha256: 'a'.repeat(64) }
const header = { cols: 90, rows: 20, term: 'xterm', startedAtUs: 1_700_000_000_123_456n, command: 'bash -l', title: null }
const everything = { channel: 0, withHiddenInput: true }

const cast = fc
  .array(
    fc.tuple(
      fc.nat(3_600_000_000),
      fc.oneof(
        fc.record({ code: fc.constantFrom('o' as const, 'i' as const, 'm' as const), data: fc.string({ unit: 'grapheme' }) }),
        fc.record({ code: fc.constant('r' as const), cols: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 300 }) }),
        fc.record({ code: fc.constant('x' as const), status: fc.integer({ min: -1, max: 255 }) }),
      ),
    ),
  )
  .map((steps) => {
    let elapsedUs = 0
    return steps.map(([interval, step]): CastEvent => {
      elapsedUs += interval
      return { ...step, elapsedUs }
    })
  })

const written = (events: CastEvent[]) => {
  const lines = new EventLines()
  return headerLine(header) + events.map((event) => lines.line(event)).join('')
}
const read = (text: string) => gathered(readCast([Buffer.from(text)]))
const eventsOf = (items: CastItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event] : []))
const asRecorded = (events: ImportedEvent[]) =>
  events.map((event, seq) => ({ ...event, seq, ts: String(header.startedAtUs + BigInt(event.elapsedUs)) }) as unknown as Recorded)
const imported = async (text: string) => (await gathered(importedEvents(readCast([Buffer.from(text)]), file))) as ImportedEvent[]
const exported = async (events: Recorded[], options = everything) => (await gathered(castLines(events, options))).join('')

describe('writing and reading an asciicast', () => {
  it('gives back every byte and every microsecond', async () => {
    await fc.assert(
      fc.asyncProperty(cast, async (events) => {
        const items = await read(written(events))
        expect(items[0]).toEqual({ kind: 'header', header: { version: 3, ...header } })
        expect(eventsOf(items)).toEqual(events)
      }),
      { numRuns: 500, seed: 2 },
    )
  })

  it('survives import and export byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(cast, async (events) => {
        const text = written(events)
        expect(await exported(asRecorded(await imported(text)))).toBe(text)
      }),
      { numRuns: 500, seed: 3 },
    )
  })
})

describe('importedEvents', () => {
  it('tells a session from its start to its end, and what it was imported from', async () => {
    const events = await imported(
      written([
        { code: 'o', elapsedUs: 5, data: 'hi' },
        { code: 'x', elapsedUs: 9, status: 1 },
      ]),
    )
    expect(events.map(({ type, elapsedUs }) => [type, elapsedUs])).toEqual([
      ['session.started', 0],
      ['ssh.exec', 0],
      ['terminal.output', 5],
      ['ssh.exit', 9],
      ['session.ended', 9],
    ])
    expect(events[0]?.body).toMatchObject({ imported: { file: 'demo.cast', sha256: file.sha256, format: 'asciicast-v3' } })
    expect(events[1]?.body).toMatchObject({ command: 'bash -l', pty: { term: 'xterm', cols: 90, rows: 20 } })
    expect(events[3]?.body).toMatchObject({ status: 1, stdoutBytes: 2 })
  })

  it('cuts output that is longer than an event into several of the same moment', async () => {
    const data = '🚀\0'.repeat(100_000)
    const events = await imported(written([{ code: 'o', elapsedUs: 7, data }]))
    const output = events.filter((event) => event.type === 'terminal.output')
    expect(output.length).toBeGreaterThan(3)
    expect(Buffer.concat(output.map((event) => decodeBytes(event.body.data))).toString()).toBe(data)
    expect(new Set(output.map((event) => event.elapsedUs))).toEqual(new Set([7]))
  })

  it('counts what it passed over in the end of the session', async () => {
    const events = await imported(`${headerLine(header)}[1, "z", ""]\n[1, "q", ""]\n`)
    expect(events.at(-1)?.body).toEqual({ reason: 'imported', message: '2 events of unknown codes were passed over' })
  })

  it('ends with the broken line of a broken file', async () => {
    const items = await gathered(importedEvents(readCast([Buffer.from(`${headerLine(header)}lol\n`)]), file))
    expect(items.at(-1)).toEqual({ kind: 'broken', line: 2, reason: 'not-json' })
  })
})

describe('castLines', () => {
  it('writes only its own channel, and passwords only when asked to', async () => {
    const recording = aRecording().shell(80, 24, 3).output('a', 3).output('b', 4).input('hunter2\r', false, 3).events
    const open = await exported(recording, { channel: 3, withHiddenInput: true })
    const shut = await exported(recording, { channel: 3, withHiddenInput: false })
    expect([open.includes('hunter2'), shut.includes('hunter2'), open.includes('"b"')]).toEqual([true, false, false])
  })

  it('joins a character that was split between two events', async () => {
    const [first, second] = [Buffer.from([0xc5]), Buffer.from([0xbc, 0xff])]
    const events = eventsOf(await read(await exported(aRecording().shell().output(first).output(second).events)))
    expect(events.map((event) => ('data' in event ? event.data : ''))).toEqual(['', 'ż\ufffd'])
  })

  it('adds the carriage returns that a terminal would have added', async () => {
    const events = eventsOf(await read(await exported(aRecording().exec('ls').output('a\nb\r\n').events)))
    expect(events).toMatchObject([{ data: 'a\r\nb\r\n' }])
  })

  it('writes a file that can be read even for a session without a terminal', async () => {
    expect(await read(await exported([]))).toMatchObject([{ kind: 'header', header: { cols: 80, rows: 24, startedAtUs: null } }])
  })
})

describe('importedSessionId', () => {
  const identity = { tenant: 'default', principal: 'ana', target: 'bastion', account: 'ops', sha256: createHash('sha256').digest('hex') }

  it('is the same for the same file, and another for whatever differs', () => {
    const id = importedSessionId(identity, 1_700_000_000_000_000n)
    expect(importedSessionId({ ...identity }, 1_700_000_000_000_000n)).toBe(id)
    for (const field of Object.keys(identity)) expect(importedSessionId({ ...identity, [field]: 'b' }, 1_700_000_000_000_000n)).not.toBe(id)
  })

  it('carries the time of the recording, or that of the epoch', () => {
    expect(importedSessionId(identity, 1_700_000_000_000_000n)).toMatch(/^018bcfe5-6800-7/)
    expect(importedSessionId(identity, null)).toMatch(/^00000000-0000-7/)
  })
})
