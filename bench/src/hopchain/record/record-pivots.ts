import { canonicalAddress, canonicalHost, type EventBody } from '@hoptrace/events'
import { type Pivot, pivotsOf } from '@hoptrace/shell'
import { type SqlPivot, SqlPivots } from '@hoptrace/sql'
import { anObserver, type Stream } from './recording-session.ts'

type Said = { event: number; at: string }

/** Records where commands and statements say that they will go, as the gateway's recorders do. */
export class PivotRecorder {
  private constructor(private readonly sql: SqlPivots) {}

  static async load(): Promise<PivotRecorder> {
    return new PivotRecorder(await SqlPivots.load())
  }

  /** @returns seqs of what was recorded */
  ofCommand(stream: Stream, command: string, said: Said, atUs: number): number[] {
    return pivotsOf(command).map((pivot) => append(stream, pivot, command, said, atUs))
  }

  ofStatement(stream: Stream, text: string, event: number, atUs: number): number[] {
    const said = { event, at: '/text' }
    return this.sql.in(text).flatMap((pivot) => {
      if (pivot.kind === 'program') return this.ofCommand(stream, pivot.command, said, atUs)
      // Where a bind value says it, it takes bind values to know.
      return pivot.kind === 'connect' ? [append(stream, asPivot(pivot), text, said, atUs)] : []
    })
  }
}

function asPivot({ by, host, port, account, database, offset }: Extract<SqlPivot, { kind: 'connect' }>): Pivot {
  return { tool: by, relation: 'connect', host, port, account, object: database, on: null, offset }
}

function append(stream: Stream, pivot: Pivot, command: string, { event, at }: Said, atUs: number): number {
  const { tool, relation, host, port, account, object, on, offset } = pivot
  const body: EventBody<'pivot.named'> = { event, at, tool, relation, host, port, account, object, on, command, offset }
  const observer = anObserver()
  const address = host === null ? null : canonicalAddress(host)
  const name = host === null || address !== null ? null : canonicalHost(host)
  if (address) observer.add({ kind: 'address', canonical: address, offset: 0 }, 'named', '/host')
  if (name) observer.add({ kind: 'host', canonical: name, offset: 0 }, 'named', '/host')
  return stream.append('pivot.named', body, atUs, observer)
}
