import {
  bodies,
  decodeBytes,
  digestValue,
  type EventBody,
  EventChain,
  type EventType,
  type FoundObservables,
  MAX_EVENT_BYTES,
} from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pivotsInLine } from '../pivots/index.ts'
import { aBootId, aDigestKey, aWho } from '../recording/recordings.test-support.ts'
import { ECHO_WITHIN_US, EchoJudge } from './echo-judge.ts'
import { piecesOf } from './pieces.ts'
import { TerminalRecorder } from './terminal-recorder.ts'

type Recorded = { type: EventType; body: EventBody<'terminal.input'> & EventBody<'terminal.output'>; found: FoundObservables | undefined }

function aTerminal(isPty = true, budget = { bytes: 1e9 }) {
  const events: Recorded[] = []
  const context = { channel: 0, key: aDigestKey, budget, isPty, pivotsIn: pivotsInLine }
  const recorder = new TerminalRecorder(context, (type, body, found) => {
    bodies[type].parse(body)
    return events.push({ type, body: body as Recorded['body'], found }) - 1
  })
  let nowUs = 0
  return {
    events,
    shows: (text: string) => recorder.fromTarget(Buffer.from(text), 'stdout', nowUs),
    types: (text: string) => {
      recorder.fromCaller(Buffer.from(text), nowUs)
      return events.at(-1)?.body.isEchoed
    },
    waits: (us: number) => {
      nowUs += us
    },
    presented: () => events.flatMap((event) => event.found?.observables ?? []).filter((observable) => observable.role === 'presented'),
  }
}
const credential = (value: string) => expect.objectContaining({ kind: 'credential', digest: digestValue(aDigestKey, 'credential', value) })

describe('input typed into a terminal', () => {
  it('is flagged at a prompt for a secret, key by key, and digested as presented at Enter', () => {
    const terminal = aTerminal()
    terminal.shows('\x1b[1m[sudo] password for ana: \x1b[0m')
    expect([...'hunter2'].map(terminal.types)).toEqual(Array(7).fill(false))
    expect(terminal.types('\r')).toBe(false)
    expect(terminal.presented()).toEqual([credential('hunter2')])
    expect(terminal.types('l')).toBe(true)
  })

  it('is not flagged where it is echoed', () => {
    const terminal = aTerminal()
    terminal.shows('$ ')
    for (const key of 'ls') {
      expect(terminal.types(key)).toBe(true)
      terminal.shows(key)
      terminal.waits(10 * ECHO_WITHIN_US)
    }
    expect(terminal.types('\r')).toBe(true)
    expect(terminal.presented()).toEqual([])
  })

  it('is flagged without a known prompt once a character stayed unseen', () => {
    const terminal = aTerminal()
    terminal.shows('Enter the magic word: ')
    expect(terminal.types('x')).toBe(true)
    terminal.waits(ECHO_WITHIN_US + 1)
    expect(terminal.types('y')).toBe(false)
    terminal.types('zzy\r')
    expect(terminal.presented()).toEqual([credential('xyzzy')])
  })

  it('is no longer flagged where a prompt for a secret turns out to echo', () => {
    const judge = new EchoJudge()
    judge.shown(Buffer.from('token: '))
    expect(judge.typed(Buffer.from('a'), 0)).toBe(false)
    judge.shown(Buffer.from('a'))
    expect(judge.typed(Buffer.from('b'), 0)).toBe(true)
  })

  it('presents the secret of a typed command, its erased keys left out', () => {
    const terminal = aTerminal()
    for (const key of 'PGPASSWORD=hunterX\x7f2 psql\r') {
      terminal.types(key)
      terminal.shows(key)
    }
    expect(terminal.presented()).toEqual([credential('hunter2')])
  })

  it('is never called echoed where there is no terminal', () => {
    expect(aTerminal(false).types('select 1;\n')).toBe(false)
  })
})

describe('output', () => {
  it('finds a value that lies across two pieces, coloured or not, and stops after the first 256 KiB of an answer', () => {
    const terminal = aTerminal()
    terminal.shows('ssh ana@\x1b[32mbastion.int')
    terminal.shows('ernal\x1b[0m please')
    const hosts = terminal.events.flatMap((event) => event.found?.observables ?? []).map((observable) => observable.value)
    expect(hosts).toContain('bastion.internal')
    for (let i = 0; i < 5; i += 1) terminal.shows('x '.repeat(32_768))
    terminal.shows('late.internal')
    expect(terminal.events.at(-1)?.found).toBeUndefined()
    terminal.types('\r')
    terminal.shows('next.internal')
    expect(terminal.events.at(-1)?.found?.observables).toContainEqual(expect.objectContaining({ value: 'next.internal' }))
  })
})

describe('the search for observables', () => {
  const searches = ({ events }: ReturnType<typeof aTerminal>) => events.map(({ body }) => body.search?.truncated)

  it('says where it stopped in a long answer, once, and goes on with the next', () => {
    const terminal = aTerminal()
    for (const _ of [1, 2, 3]) terminal.shows('x '.repeat(50_000))
    for (const _ of [4, 5]) terminal.shows('x '.repeat(20_000))
    terminal.types('\r')
    terminal.shows('next.internal')
    const told = searches(terminal).filter((search) => search)
    expect(told).toHaveLength(1)
    const total = terminal.events.find(({ body }) => body.search)?.body.data
    expect(told[0]?.total).toBe(total && decodeBytes(total).length)
  })

  it('says once that a session is searched no more, whatever its channels show', () => {
    const budget = { bytes: 10 }
    const channels = [aTerminal(true, budget), aTerminal(true, budget)]
    for (const terminal of channels) terminal.shows('seven b')
    for (const terminal of channels) terminal.types('\r')
    for (const terminal of channels) terminal.shows('more')
    expect(channels.flatMap(searches).filter((search) => search)).toEqual([{ kept: 3, total: 7 }])
  })

  it('says where it stopped in what is piped in', () => {
    const terminal = aTerminal(false, { bytes: 10 })
    for (const _ of [1, 2, 3]) terminal.types('seven b')
    expect(searches(terminal)).toEqual([undefined, { kept: 3, total: 7 }, undefined])
  })
})

describe('a large answer', () => {
  it('is kept whole and in order, as text where it is searched and as bytes after that', () => {
    const terminal = aTerminal(false)
    const chunk = `${'line of a large file\n'.repeat(1500)}`
    for (let i = 0; i < 40; i++) terminal.shows(chunk)
    const data = terminal.events.map((event) => event.body.data)
    expect(Buffer.concat(data.map(decodeBytes)).equals(Buffer.from(chunk.repeat(40)))).toBe(true)
    expect(['utf8' in (data[0] ?? {}), 'base64' in (data.at(-1) ?? {})]).toEqual([true, true])
  })
})

describe('pieces', () => {
  it('join to the same bytes, and each fits an event, for 2,000 seeded chunks', () => {
    const chunk = fc.array(
      fc.oneof(
        fc.constantFrom('é', '漢', '😀', 'a', '\x1b', '\0').map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 3 }),
      ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(chunk, fc.constantFrom(1, 9000), (parts, times) => {
        const bytes = Buffer.concat(Array<Buffer>(times).fill(Buffer.concat(parts)))
        const pieces = piecesOf(bytes)
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= 64 * 1024)).toBe(true)
      }),
      { numRuns: 2000, seed: 2026 },
    )
  })

  it('keep text as text where a character is cut', () => {
    const bytes = Buffer.from('漢字 and more 😀')
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const pieces = [...piecesOf(bytes.subarray(0, cut)), ...piecesOf(bytes.subarray(cut))]
      expect(Buffer.concat(pieces)).toEqual(bytes)
      expect(pieces.filter((piece) => piece.length > 3).every((piece) => !piece.toString().includes('\ufffd'))).toBe(true)
    }
  })

  it('fit an event even when every byte is escaped', () => {
    const recorded: Buffer[] = []
    const chain = new EventChain({ ...aWho, tenant: 'default', gatewayId: 'gw', bootId: aBootId, sessionId: aBootId })
    const context = { channel: 0, key: aDigestKey, budget: { bytes: 1e9 }, isPty: false, pivotsIn: null }
    const recorder = new TerminalRecorder(context, (type, body, found) => {
      expect(chain.next(type, body, { wallUs: 0, elapsedUs: 0 }, found).length).toBeLessThan(MAX_EVENT_BYTES)
      return recorded.push(decodeBytes((body as EventBody<'terminal.output'>).data))
    })
    const worst = Buffer.alloc(200_000, 1)
    recorder.fromTarget(worst, 'stdout', 0)
    expect(Buffer.concat(recorded)).toEqual(worst)
  })
})
