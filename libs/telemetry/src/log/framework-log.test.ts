import { Logger } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { FrameworkLog } from './framework-log.ts'
import { Log } from './log.ts'

const SECRET = 'hunter2 in a payload'

function logged(write: (logger: Logger) => void): unknown[] {
  const lines: string[] = []
  const log = new Log(
    'api',
    () => 0,
    (line) => lines.push(line),
  )
  Logger.overrideLogger(new FrameworkLog(log))
  write(new Logger('ExceptionsHandler'))
  expect(lines.join()).not.toContain('hunter2')
  return lines.map((line) => JSON.parse(line))
}

class RefusedError extends Error {
  readonly code = 'REFUSED'
  readonly retryable = false
}

describe('what the framework says', () => {
  it('is a line of ours: who says it, the error’s class and place, never its message', () => {
    const error = new TypeError(`${SECRET}\n    at ${SECRET} (hunter2.ts:1:1)`)
    expect(logged((nest) => nest.error(error))).toMatchObject([
      {
        level: 'error',
        process: 'api',
        message: 'the framework reports an error',
        context: 'ExceptionsHandler',
        fault: 'TypeError',
        place: expect.stringMatching(/^framework-log\.test\.ts:\d+$/),
      },
    ])
  })

  it('quotes no text, and no stack that is handed over as text', () => {
    const lines = logged((nest) => {
      nest.error(SECRET, `Error: ${SECRET}\n    at handler (hunter2.ts:1:1)`)
      nest.warn(SECRET)
      nest.fatal(SECRET)
    })
    const context = 'ExceptionsHandler'
    expect(lines).toMatchObject([
      { level: 'error', context },
      { level: 'warn', context },
      { level: 'fatal', context },
    ])
  })

  it('explains an error of our own, which never quotes', () => {
    expect(logged((nest) => nest.error(new RefusedError('the store is closed')))).toMatchObject([
      { fault: 'REFUSED', explanation: 'the store is closed' },
    ])
  })

  it('is left out where it is no warning', () => {
    expect(logged((nest) => nest.log(SECRET))).toEqual([])
  })
})
