import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Fields, Log } from './log.ts'
import { explain, faultOf, type Literal, name } from './said.ts'

const AT_MS = Date.UTC(2026, 10, 20, 12)

function logged(write: (log: Log) => void): unknown[] {
  const lines: string[] = []
  write(
    new Log(
      'ingest',
      () => AT_MS,
      (line) => lines.push(line),
    ),
  )
  return lines.map((line) => JSON.parse(line))
}

describe('a log line', () => {
  it('is one object: time, level, process, message, and where it was', () => {
    const at = { topic: name('hoptrace.events.v1'), partition: 3, offset: 812 }
    expect(logged((log) => log.warn('a batch is not stored', at))).toEqual([
      {
        time: '2026-11-20T12:00:00.000Z',
        level: 'warn',
        process: 'ingest',
        message: 'a batch is not stored',
        topic: 'hoptrace.events.v1',
        partition: 3,
        offset: 812,
      },
    ])
  })

  it('takes no text that came in at run time, neither as message nor as field', () => {
    expectTypeOf<Literal<string>>().toBeNever()
    expectTypeOf<string>().not.toExtend<Fields['fault']>()
    expectTypeOf<'statement'>().not.toExtend<keyof Fields>()
  })

  it('tells of an error its code and never its message', () => {
    const error = Object.assign(new Error('cannot parse {"password":"hunter2"}'), { code: 'EVENT_INSERT_FAILED' })
    expect(faultOf(error).text).toBe('EVENT_INSERT_FAILED')
    expect(faultOf(new TypeError('hunter2 is not a function')).text).toBe('TypeError')
    expect(faultOf(Object.assign(new Error('x'), { code: 'hunter2 and more' })).text).toBe('Error')
    expect(faultOf('hunter2').text).toBe('string')
  })

  it('explains by message only what is typed as an error of our own', () => {
    const own = Object.assign(new Error('HOPTRACE_OPS_LISTEN: must be host:port'), { retryable: false })
    expect(explain(own).text).toContain('HOPTRACE_OPS_LISTEN')
    expectTypeOf<Error>().not.toExtend<Parameters<typeof explain>[0]>()
  })

  it.each(['DROP TABLE users; --', 'a\nb', '', '\u001b[31mred', 'x'.repeat(300)])('names nothing that is no name: %j', (text) => {
    expect(name(text).text).toBe('(not a name)')
  })

  it.each(['gw-1', '127.0.0.1:6480', '[::1]:9464', 'hoptrace.events.v1', '/var/lib/hop trace/spool'])(
    'names what operators name: %s',
    (text) => {
      expect(name(text).text).toBe(text)
    },
  )
})
