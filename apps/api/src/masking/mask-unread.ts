import { canonicalJson, type SessionEvent } from '@hoptrace/events'
import { contentOf } from './event-content.ts'
import { MARK, type Masked } from './mask-event.ts'
import { hidden, secretSpans } from './secret-ranges.ts'

/**
 * The content of an event in which nothing that is known here is a secret, with those hidden in members that are not known:
 * a later version recorded them, and they stand in the content alone.
 */
export function maskUnread(content: string, event: SessionEvent): Masked<string> {
  const read = contentOf(event)
  if (read === content) return { shown: content, masked: 0 }
  let masked = 0
  const mask = (text: string) => {
    const spans = secretSpans(text, true)
    masked += spans.length
    return hidden(text, spans, MARK)
  }
  const shown = unread(JSON.parse(content), JSON.parse(read), mask)
  return masked === 0 ? { shown: content, masked } : { shown: canonicalJson(shown), masked }
}

function unread(value: unknown, known: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return known === undefined ? mask(value) : value
  if (typeof value !== 'object' || value === null) return value
  const of = (key: string) =>
    typeof known === 'object' && known !== null && Object.hasOwn(known, key) ? Reflect.get(known, key) : undefined
  if (Array.isArray(value)) return value.map((item, index) => unread(item, of(String(index)), mask))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unread(inner, of(key), mask)]))
}
