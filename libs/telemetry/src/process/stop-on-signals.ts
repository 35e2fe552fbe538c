import { type Log } from '../log/log.ts'
import { faultOf, name } from '../log/said.ts'

export type StopOptions = {
  log: Log
  /** Takes nothing more, finishes what it holds, closes. */
  stop: () => Promise<void>
  /** A drain that takes longer is given up: the process ends with 1, and what was not acknowledged comes again. */
  withinMs: number
  /** Is a SIGINT an order? Default yes; not where a supervisor hears it too, and gives its own when it is time. */
  takesInterrupt?: () => boolean
}

/**
 * Ends the process in order at SIGTERM or SIGINT, or when the supervisor that it was started by is gone: exit code 0 once
 * `stop` resolved, 1 when it failed or took too long. The same signal again ends it at once, with 1. (Another one does not:
 * at Ctrl-C a child hears the terminal's SIGINT and its supervisor's SIGTERM.)
 */
export function stopOnSignals({ log, stop, withinMs, takesInterrupt = () => true }: StopOptions): void {
  const heard = new Set<string>()
  const begin = (signal: 'SIGTERM' | 'SIGINT' | 'disconnect') => {
    if (heard.has(signal)) {
      log.warn('forced to stop', { signal: name(signal) })
      process.exit(1)
    }
    heard.add(signal)
    if (heard.size > 1) return
    log.info('stopping', { signal: name(signal) })
    const giveUp = () => {
      log.error('could not stop in time', { waitedMs: withinMs })
      process.exit(1)
    }
    setTimeout(giveUp, withinMs).unref()
    stop().then(
      () => {
        log.info('stopped')
        process.exit(0)
      },
      (error: unknown) => {
        log.error('could not stop in order', { fault: faultOf(error) })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => begin('SIGTERM'))
  process.on('SIGINT', () => {
    if (takesInterrupt()) begin('SIGINT')
  })
  process.once('disconnect', () => begin('disconnect'))
}
