import { createHash } from 'node:crypto'
import { decodeEvent, encodeBytes, walkSequence } from '@hoptrace/events'
import { readCast } from '@hoptrace/terminal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordedSession } from '../testing/recorded-session.ts'
import { writeManifest } from './manifest.ts'
import { csvCell } from './render-csv.ts'
import { type ExportFormat, exportOf } from './session-export.ts'
import type { ExportSource, StoredEvent } from './stored-event.ts'
import { writeExport } from './write-export.ts'

const HOSTILE = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '<script>alert(1)</script>',
  '\x1b]0;t\x07\x1b[2J',
  'a"b,c\nd',
  '\u202egnp.exe',
]

const stored = (encoded: Buffer): StoredEvent => {
  const decoded = decodeEvent(encoded)
  if (decoded.kind !== 'event') throw new Error(decoded.reason)
  return { event: decoded.event, content: decoded.content, hash: decoded.event.hash }
}

const sourceOf = (session: RecordedSession, left: (seq: number) => boolean = () => true): ExportSource => ({
  sessionId: session.id,
  async *open() {
    for (const encoded of session.encoded) {
      const event = stored(encoded)
      if (left(event.event.seq)) yield event
    }
  },
})

const bytesOf = async (chunks: AsyncIterable<Buffer>) => {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function rendered(source: ExportSource, format: ExportFormat): Promise<string> {
  const file = (await exportOf(source)).files.find((each) => each.format === format)
  return file ? (await bytesOf(file.render())).toString('utf8') : ''
}

const pty = { term: 'xterm', cols: 80, rows: 24 }
const aTerminalSession = (outputs: string[]) => {
  const session = new RecordedSession().started().add('ssh.exec', { channel: 0, command: null, pty })
  for (const text of outputs) {
    session.add('terminal.output', { channel: 0, stream: 'stdout', data: encodeBytes(Buffer.from(text)) })
  }
  return session.add('terminal.input', { channel: 0, data: { utf8: 'hunter2\r' }, isEchoed: false }).ended()
}

/** RFC 4180, read strictly. */
function csvRows(text: string): string[][] {
  return [...text.matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/g)].map(([, row = '']) =>
    [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''),
  )
}

describe('the JSONL of a session', () => {
  it('is what was recorded, byte for byte, with a chain that a stranger can follow', async () => {
    const session = new RecordedSession()
      .started()
      .asked('SELECT 1', [['1']])
      .ended()
    const lines = (await rendered(sourceOf(session), 'jsonl')).trimEnd().split('\n')
    expect(lines).toEqual(session.encoded.map((encoded) => encoded.toString('utf8')))
    const events = lines.map((line) => stored(Buffer.from(line)).event)
    expect(walkSequence(events, null).completeness).toBe('complete')
  })
})

describe('the CSV of a session', () => {
  it('has one row an event, each with every column', async () => {
    const session = new RecordedSession().started()
    for (const text of HOSTILE) session.asked(text)
    const rows = csvRows(await rendered(sourceOf(session.ended()), 'csv'))
    expect(rows.length).toBe(session.encoded.length + 1)
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([12]))
  })

  it('holds nothing that a spreadsheet would run', async () => {
    const session = new RecordedSession({
      principal: '=cmd()',
      target: { name: 'db', protocol: 'postgres', address: 'x', account: '@x' },
    }).started()
    for (const text of HOSTILE) session.asked(text)
    for (const cell of csvRows(await rendered(sourceOf(session), 'csv')).flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })

  it('makes any text a cell that reads back and begins no formula (10,000 cases)', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...HOSTILE),
      fc.string().map((rest) => `=${rest}`),
    )
    fc.assert(
      fc.property(text, (each) => {
        const [[cell] = []] = csvRows(`${csvCell(each)}\r\n`)
        expect(cell === each || cell === `'${each}`).toBe(true)
        expect(cell).not.toMatch(/^[\s\0\ufeff]*[=+\-@]/)
      }),
      { numRuns: 10_000, seed: 13 },
    )
  })
})

describe('the transcript of a session', () => {
  it('tells statements with the answers that were kept', async () => {
    const text = await rendered(
      sourceOf(new RecordedSession().started().asked('SELECT *\nFROM orders', [['1', null, 'two\nlines']])),
      'text',
    )
    expect(text).toContain('sql.statement  SELECT *\n      FROM orders\n')
    expect(text).toContain('c0 | c1 | c2\n      1 | NULL | two⏎lines\n')
  })

  it('tells a terminal as lines, without escape sequences and without passwords', async () => {
    const text = await rendered(sourceOf(aTerminalSession(['\x1b[1mto', 'tal 0\x1b[0m\r\n', 'no end'])), 'text')
    expect(text).toContain('  0| total 0\n')
    expect(text).toContain('  0| no end\n')
    expect(text).not.toContain('hunter2')
  })

  it('holds no control that a terminal would obey, whatever was recorded', async () => {
    const session = aTerminalSession(HOSTILE)
    for (const text of HOSTILE)
      session.asked(text, [[text]], { severity: text, sqlstate: text, message: text, detail: null, hint: null, position: null })
    expect(await rendered(sourceOf(session), 'text')).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
  })
})

describe('the asciicast of a session', () => {
  it('is one file a channel, and holds no passwords', async () => {
    const session = aTerminalSession(['a']).add('terminal.output', { channel: 5, stream: 'stdout', data: { utf8: 'b' } })
    const { files } = await exportOf(sourceOf(session))
    const casts = files.filter(({ format }) => format === 'asciicast')
    expect(casts.map(({ name }) => name)).toEqual(['terminal-0.cast', 'terminal-5.cast'])
    for (const cast of casts) {
      for await (const item of readCast(cast.render())) expect(item.kind).not.toBe('broken')
      expect((await bytesOf(cast.render())).toString()).not.toContain('hunter2')
    }
  })
})

describe('the manifest of an export', () => {
  it('tells size and digest of every file, as they are written', async () => {
    const exported = await exportOf(sourceOf(aTerminalSession(['a'])))
    const written = new Map<string, Buffer>()
    await writeExport(exported, async (name, chunks) => void written.set(name, await bytesOf(chunks)))
    const manifest = JSON.parse(written.get('manifest.json')?.toString() ?? '{}')
    expect([...written.keys()].at(-1)).toBe('manifest.json')
    for (const { name, bytes, sha256 } of manifest.files) {
      const file = written.get(name) ?? Buffer.alloc(0)
      expect([bytes, sha256]).toEqual([file.length, createHash('sha256').update(file).digest('hex')])
    }
    expect(await writeManifest(exported)).toEqual(written.get('manifest.json'))
  })

  it('tells counts, spans of seq, gaps, cuts, and what was typed without echo', async () => {
    const session = aTerminalSession(['a', 'b']).add('recording.gap', { reason: 'crash', message: '', fromSeq: null })
    session.add('ssh.exec', { channel: 1, command: 'x', truncated: { kept: 1, total: 9 }, pty: null })
    const exported = await exportOf(sourceOf(session, (seq) => seq !== 2))
    const manifest = JSON.parse((await writeManifest(exported)).toString())
    expect(manifest).toMatchObject({
      events: 7,
      completeness: 'gap',
      seqRanges: [
        [0, 1],
        [3, 7],
      ],
      gaps: { missing: [[2, 2]], declared: [6] },
      truncations: { count: 1, told: [{ seq: 7, type: 'ssh.exec', at: '/body', kept: 1, total: 9 }] },
      inputsWithoutEcho: 1,
    })
  })

  it('shows a lost tail that the heartbeats told of', async () => {
    const source = { ...sourceOf(new RecordedSession().started()), expectedLastSeq: 4 }
    expect(JSON.parse((await writeManifest(await exportOf(source))).toString()).gaps.missing).toEqual([[1, 4]])
  })

  it('stands for an export without events too', async () => {
    const manifest = JSON.parse((await writeManifest(await exportOf(sourceOf(new RecordedSession())))).toString())
    expect(manifest).toMatchObject({ events: 0, seqRanges: [], from: null, firstHash: null })
  })
})

describe('rendering', () => {
  it('asks for events as they are written, and holds no more', async () => {
    let given = 0
    const line = stored(new RecordedSession().asked('x'.repeat(1000)).encoded[0] ?? Buffer.alloc(0))
    const source: ExportSource = {
      sessionId: line.event.sessionId,
      async *open() {
        for (given = 0; given < 5000; given += 1) yield line
      },
    }
    const { files } = await exportOf(source)
    for (const file of files) {
      for await (const chunk of file.render()) {
        expect(given).toBeLessThan(200)
        expect(chunk.length).toBeLessThan(100_000)
        break
      }
    }
  })
})
