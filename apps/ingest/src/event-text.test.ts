import { decodeEvent, type EventBody, EventChain, type EventType } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { searchText } from './event-text.ts'

const id = '019aa0c0-0000-7000-8000-000000000001'
const whose = { tenant: 'default', sessionId: id, gatewayId: 'gw-1', bootId: id, run: null, principal: 'ana', rootPrincipal: null }

function textOf<T extends EventType>(type: T, body: EventBody<T>): string {
  const chain = new EventChain({ ...whose, lineage: [], origin: null, target: null })
  const decoded = decodeEvent(chain.next(type, body, { wallUs: 1n, elapsedUs: 0 }))
  if (decoded.kind === 'rejected') throw new Error(decoded.reason)
  return searchText(decoded.event)
}

const statement = (text: string, tail?: string): string =>
  textOf('sql.statement', {
    kind: 'DROP',
    mode: 'simple',
    params: [],
    prepared: null,
    tables: [],
    text,
    transaction: 'idle',
    ...(tail === undefined ? {} : { tail }),
  })
const padding = ' '.repeat(200 * 1024)

describe('the searchable text of a named pivot', () => {
  const pivot = {
    event: 2,
    tool: 'ssh',
    relation: 'connect' as const,
    host: 'db.internal',
    port: 22,
    account: 'ops',
    object: null,
    on: null,
    offset: null,
  }

  it('says where it goes, which an encoding may hide in the command', () => {
    expect(textOf('pivot.named', { ...pivot, at: '/command', command: 'echo c3No | base64 -d | sh' })).toBe('ssh ops db.internal')
  })

  it('holds a line that was typed, which stands whole in no other event', () => {
    expect(textOf('pivot.named', { ...pivot, at: '', command: 'sudo ssh ops@db.internal' })).toContain('sudo ssh ops@db.internal')
  })
})

describe('the searchable text of a padded statement', () => {
  it('holds its end, where the event holds all of it', () => {
    expect(statement(`${padding}DROP TABLE x`)).toMatch(/DROP TABLE x$/)
  })

  it('holds its tail, where the event holds start and tail', () => {
    expect(statement(padding, `${' '.repeat(32_756)}DROP TABLE x`)).toMatch(/DROP TABLE x$/)
  })

  it('stays in bounds', () => {
    expect(statement(padding, padding).length).toBeLessThanOrEqual(96 * 1024)
  })

  it('is joined by what lies between, in notices', () => {
    const body = { kind: 'text' as const, message: '', channel: null, severity: null, sqlstate: null, data: { utf8: ' DROP TABLE x ' } }
    expect(textOf('sql.notice', body)).toContain('DROP TABLE x')
  })
})
