import { type DigestKey, type EventBody, type FoundObservables, Observer, observePivot } from '@hoptrace/events'
import type { NamedPivot } from './named-pivot.ts'

type Append = (type: 'pivot.named', body: EventBody<'pivot.named'>, found: FoundObservables) => unknown

/**
 * Puts pivots on record behind the event that names them.
 * @param at JSON pointer into that event's body; empty for a line that stands in many inputs
 */
export function appendPivots(append: Append, key: DigestKey, named: { event: number; at: string }, pivots: readonly NamedPivot[]): void {
  for (const { body, secrets } of pivots) {
    const observer = new Observer(key)
    observePivot(observer, body)
    for (const { secret, offset } of secrets) observer.add({ kind: 'credential', canonical: secret, offset }, 'presented', '/command')
    append('pivot.named', { ...named, ...body }, observer.result())
  }
}
