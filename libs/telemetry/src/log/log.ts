import { type Literal, Said } from './said.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Names of fields: where something is, how much of it, which code. A field that is not here cannot be logged. */
export type Field =
  | 'account'
  | 'address'
  | 'afterMs'
  | 'attempt'
  | 'batches'
  | 'bytes'
  | 'code'
  | 'context'
  | 'count'
  | 'days'
  | 'directory'
  | 'door'
  | 'droppedDays'
  | 'durationMs'
  | 'events'
  | 'explanation'
  | 'fault'
  | 'first'
  | 'gateway'
  | 'groupId'
  | 'held'
  | 'lagMessages'
  | 'last'
  | 'listen'
  | 'maxBytes'
  | 'messages'
  | 'offset'
  | 'partition'
  | 'place'
  | 'protocol'
  | 'reason'
  | 'segment'
  | 'setting'
  | 'signal'
  | 'seq'
  | 'session'
  | 'silentForMs'
  | 'stage'
  | 'table'
  | 'tenant'
  | 'topic'
  | 'url'
  | 'version'
  | 'waitedMs'

/** Numbers, booleans, and words that went through `name`, `faultOf` or `explain`. No plain string: it could be a payload. */
export type Fields = { readonly [F in Field]?: number | boolean | null | Said }

export type LogSink = (line: string) => void

/** JSON lines: time, level, process, message, and fields that cannot hold what was recorded. */
export class Log {
  constructor(
    private readonly process: string,
    private readonly nowMs: () => number,
    private readonly sink: LogSink,
  ) {}

  debug<M extends string>(message: Literal<M>, fields: Fields = {}): void {
    this.write('debug', message, fields)
  }
  info<M extends string>(message: Literal<M>, fields: Fields = {}): void {
    this.write('info', message, fields)
  }
  warn<M extends string>(message: Literal<M>, fields: Fields = {}): void {
    this.write('warn', message, fields)
  }
  error<M extends string>(message: Literal<M>, fields: Fields = {}): void {
    this.write('error', message, fields)
  }
  fatal<M extends string>(message: Literal<M>, fields: Fields = {}): void {
    this.write('fatal', message, fields)
  }

  private write(level: Level, message: string, fields: Fields): void {
    const said = Object.entries(fields).map(([field, value]) => [field, value instanceof Said ? value.text : value])
    const time = new Date(this.nowMs()).toISOString()
    this.sink(JSON.stringify({ time, level, process: this.process, message, ...Object.fromEntries(said) }))
  }
}

/** A log on the standard streams: warnings and worse on the error stream. */
export function standardLog(process: string): Log {
  return new Log(process, Date.now, (line) => {
    const isBad = /"level":"(?:warn|error|fatal)"/.test(line.slice(0, 80))
    if (isBad) console.error(line)
    else console.log(line)
  })
}
