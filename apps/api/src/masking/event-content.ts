import { canonicalJson, type SessionEvent } from '@hoptrace/events'

/** An event's canonical JSON: all of it but the hash, under the type that was recorded. */
export function contentOf(event: SessionEvent): string {
  const { hash: _, ...content } = event
  if (content.type !== 'unknown') return canonicalJson(content)
  const { recordedType: type, ...rest } = content
  return canonicalJson({ ...rest, type })
}
