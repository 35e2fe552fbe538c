import type { Fields, Log } from './log.ts'
import { explained, name, placeOf, type Said } from './said.ts'

/**
 * The log as a framework writes to it (Nest's LoggerService): errors and warnings become lines of ours. Of an error they hold
 * its class or code and where it was thrown, of the framework's words only who says them: its messages quote what was handled.
 */
export class FrameworkLog {
  constructor(private readonly lines: Log) {}

  error(message: unknown, ...more: readonly unknown[]): void {
    this.lines.error('the framework reports an error', said(message, more))
  }

  warn(message: unknown, ...more: readonly unknown[]): void {
    this.lines.warn('the framework warns', said(message, more))
  }

  fatal(message: unknown, ...more: readonly unknown[]): void {
    this.lines.fatal('the framework gives up', said(message, more))
  }

  log(): void {}
  debug(): void {}
  verbose(): void {}
}

// The last word of a call names its context; an error may stand anywhere in it.
function said(message: unknown, more: readonly unknown[]): Fields {
  const context = more.at(-1)
  const error = [message, ...more].find((each) => each instanceof Error)
  return { ...contextOf(context), ...(error ? { ...explained(error), place: placeOf(error) } : {}) }
}

function contextOf(context: unknown): { context?: Said } {
  return typeof context === 'string' && context !== '' ? { context: name(context) } : {}
}
