import type { KafkaMessage } from 'kafkajs'
import type { BatchBounds } from './outgoing-message.ts'

/** Cuts what was fetched into slices within the bounds, in order. A message larger than the bound stands alone. */
export function* slicesOf(messages: readonly KafkaMessage[], bounds: BatchBounds): Generator<readonly KafkaMessage[]> {
  let start = 0
  let bytes = 0
  for (const [at, message] of messages.entries()) {
    const size = message.value?.length ?? 0
    if (at > start && (at - start >= bounds.messages || bytes + size > bounds.bytes)) {
      yield messages.slice(start, at)
      start = at
      bytes = 0
    }
    bytes += size
  }
  if (start < messages.length) yield messages.slice(start)
}
