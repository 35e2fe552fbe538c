import { describe, expect, it } from 'vitest'
import { Observer, observeEvent, traceIdOf } from './index.ts'
import type { SessionEvent } from './session-event.ts'

const key = { id: 'k', secret: Buffer.alloc(32, 1) }
const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const HEADER = `00-${ID}-00f067aa0ba902b7-01`

describe('the trace id of a traceparent', () => {
  it.each([
    [HEADER, ID],
    [HEADER.toUpperCase(), ID],
    // A later version may say more.
    [`cc-${ID}-00f067aa0ba902b7-01-what-the-future-will-be-like`, ID],
    [`cc-${ID}-00f067aa0ba902b7-01`, ID],
  ])('is that of %s', (header, id) => expect(traceIdOf(header)).toBe(id))

  it.each([
    `00-${ID}-00f067aa0ba902b7-01-more`,
    `cc-${ID}-00f067aa0ba902b7-01.more`,
    `ff-${ID}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${ID}-${'0'.repeat(16)}-01`,
    `00-${ID.slice(1)}-00f067aa0ba902b7-01`,
    `00-${ID.slice(1)}g-00f067aa0ba902b7-01`,
    ID,
    '',
  ])('is none in %j', (header) => expect(traceIdOf(header)).toBeNull())
})

describe('a trace that a request names', () => {
  const found = (text: string, role: 'asked' | 'answered' = 'asked') =>
    new Observer(key)
      .text(text, role, '/text')
      .result()
      .observables.map(({ kind, value, offset, role: as }) => [kind, value, offset, as])

  it.each([
    [`SELECT 1 /*action='x',traceparent='${HEADER}'*/`, 35],
    [`SELECT 1 -- traceparent=${HEADER}`, 24],
    [`TRACEPARENT=${HEADER} psql`, 12],
    [`export TRACEPARENT="${HEADER}"; psql`, 20],
    [`curl -H 'traceparent: ${HEADER}'`, 22],
  ])('is found in %s, and is no credential beside', (text, offset) => {
    expect(found(text)).toEqual([['trace', ID, offset, 'asked']])
  })

  it('is none of the one that an answer holds', () => {
    expect(found(`called with ${HEADER}`, 'answered')).toEqual([])
    expect(new Observer(key).cell(HEADER, 'answered', '/sample/0/0').result().observables).toEqual([])
  })

  it('is found in the environment that a session asks for, and in no other variable', () => {
    const event = (name: string) => ({ type: 'ssh.env', body: { channel: 0, name, value: HEADER, isAccepted: false } }) as SessionEvent
    expect(observeEvent(key, event('TRACEPARENT')).observables).toMatchObject([{ kind: 'trace', value: ID, at: '/value' }])
    expect(observeEvent(key, event('LANG')).observables).toEqual([])
  })
})
