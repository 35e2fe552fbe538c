import type { RawMessage } from '@hoptrace/bus'
import { type EventBody, EventChain, EventDecoder, type EventType, MAX_EVENT_BYTES } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { envelopeColumns, eventRow, observableRows } from './event-rows.ts'
import { type Triage, triage as triageWith } from './triage.ts'

const id = '019aa0c0-0000-7000-8000-000000000001'
const envelope = {
  tenant: 'default',
  sessionId: id,
  gatewayId: 'gw-1',
  bootId: id,
  run: null,
  principal: 'ana',
  rootPrincipal: null,
  lineage: [],
  origin: null,
  target: null,
}
const at = { source: 'spool', partition: '0', offset: 32 }
const messageOf = (value: Buffer): RawMessage => ({ value, at })
const triage = (message: RawMessage) => triageWith(message, new EventDecoder())

function anEvent<T extends EventType>(type: T, body: EventBody<T>, { wallUs = 1_700_000_000_000_000n, seq = 0 } = {}): RawMessage {
  const chain = new EventChain(envelope, seq === 0 ? undefined : { seq: seq - 1, hash: '0'.repeat(64) })
  return messageOf(chain.next(type, body, { wallUs, elapsedUs: 5 }))
}
const aResize = (moment: { wallUs?: bigint; seq?: number } = {}) => anEvent('terminal.resize', { channel: 0, cols: 80, rows: 24 }, moment)

function rowOf<T extends EventType>(type: T, body: EventBody<T>) {
  const triaged = triage(anEvent(type, body))
  if (triaged.kind !== 'store') throw new Error(`${type} was not understood: ${triaged.field}`)
  return columnsOf(triaged)
}

function columnsOf({ event, content, envelope }: Extract<Triage, { kind: 'store' }>) {
  return JSON.parse(eventRow(event, content, envelopeColumns(envelope)).join(''))
}

describe('triage', () => {
  it('stores an event whose hash proves its content', () => {
    expect(triage(aResize())).toMatchObject({ kind: 'store', event: { type: 'terminal.resize' } })
  })

  it.each([
    ['bytes that are no JSON', Buffer.from('{'), 'not-json'],
    ['JSON that is no event', Buffer.from('{"v":1}'), 'not-an-event'],
    ['an event that was changed', Buffer.from(aResize().value.toString().replace('"cols":80', '"cols":81')), 'hash-mismatch'],
    [
      'an event whose type was changed',
      Buffer.from(aResize().value.toString().replace('terminal.resize', 'terminal.shrink')),
      'hash-mismatch',
    ],
    ['an event of another version', Buffer.from(aResize().value.toString().replace('"v":1', '"v":2')), 'unknown-version'],
    ['more than an event may take', Buffer.alloc(MAX_EVENT_BYTES + 1, ' '), 'too-large'],
  ])('keeps %s as a dead letter', (_, value, reason) => {
    expect(triage(messageOf(value))).toMatchObject({ kind: 'deadLetter', reason, message: { value, at } })
  })

  it('stores an event of a type that is not known here, by its envelope', () => {
    const unknown = anEvent('mongodb.query' as never, { filter: {} } as never)
    const triaged = triage(unknown)
    if (triaged.kind !== 'store') throw new Error(triaged.reason)
    const columns = { type: 'mongodb.query', text: '', outcome: '', is_failure: false, principal: 'ana' }
    expect(columnsOf(triaged)).toMatchObject(columns)
  })

  it('never reads what the bus found damaged', () => {
    expect(triage({ ...aResize(), damage: 'crc' })).toMatchObject({ kind: 'deadLetter', reason: 'crc' })
  })

  it.each([
    ['seq', { seq: 2 ** 32 }],
    ['ts', { wallUs: 9_999_999_999_999_999_999n }],
  ])('keeps an event whose %s no column can hold as a dead letter, so that its batch can be stored', (field, moment) => {
    expect(triage(aResize(moment))).toMatchObject({ kind: 'deadLetter', reason: 'out-of-range', field })
  })

  it('answers for any bytes at all', () => {
    const mutated = fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 })).map(([where, bytes]) => {
      const value = Buffer.from(aResize().value)
      Buffer.from(bytes).copy(value, where % value.length)
      return value
    })
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(json)),
      mutated,
    )
    const whole = aResize().value
    fc.assert(
      fc.property(any, (value) => {
        const { kind } = triage(messageOf(value))
        expect(kind).toBe(value.equals(whole) ? 'store' : 'deadLetter')
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('the row of an event', () => {
  it('offers a statement’s text to the search, controls made visible', () => {
    const body = {
      text: 'SELECT 1\u0000\u001b[2J',
      mode: 'simple',
      prepared: null,
      params: [],
      kind: 'SELECT',
      tables: [],
      transaction: 'idle',
    } as const
    expect(rowOf('sql.statement', { ...body, params: [], tables: [] }).text).toBe('SELECT 1\ufffd\ufffd[2J')
  })

  it('keeps what was typed without echo out of the search', () => {
    const typed = { channel: 0, data: { utf8: 'hunter2' } }
    expect(rowOf('terminal.input', { ...typed, isEchoed: false }).text).toBe('')
    expect(rowOf('terminal.input', { ...typed, isEchoed: true }).text).toBe('hunter2')
  })

  it('marks an exit other than 0 as a failure', () => {
    const exit = { channel: 0, signal: null, stdoutBytes: 0, stderrBytes: 0, stdinBytes: 0 }
    expect(rowOf('ssh.exit', { ...exit, status: 2 })).toMatchObject({ outcome: '2', is_failure: true })
    expect(rowOf('ssh.exit', { ...exit, status: 0 })).toMatchObject({ outcome: '0', is_failure: false })
  })

  it('gives a refusal’s observables to the run that it names', () => {
    const by = { run: id, principal: 'agent', rootPrincipal: 'ana', lineage: [] }
    const chain = new EventChain({ ...envelope, principal: null })
    const asked = { protocol: 'ssh', target: 'bastion', account: null, database: null } as const
    const body = { decision: 'deny', reason: 'not-granted', asked, method: 'password', message: null, by } as const
    const observables = [{ kind: 'credential', digest: 'a'.repeat(32), keyId: 'k1', role: 'presented', at: '' } as const]
    const triaged = triage(messageOf(chain.next('access.decided', body, { wallUs: 1n, elapsedUs: 0 }, { observables })))
    if (triaged.kind !== 'store') throw new Error(triaged.reason)
    const { event } = triaged
    const rows = observableRows(event, event.observables, 'capture', envelopeColumns(event)).map((row) => row.join(''))
    expect(rows.map((row) => JSON.parse(row))).toMatchObject([{ run: id, principal: 'agent', root_principal: 'ana' }])
  })
})
