const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/i
/** Characters of a `traceparent` of version 00; later ones may say more behind a hyphen. */
const LENGTH = 55
const HYPHEN = 0x2d

/**
 * The trace id of a `traceparent` (W3C Trace Context, 3.2), 32 hex digits in lower case; null for what is none, and for the ids of zeros
 * alone, which the recommendation calls invalid. Capital letters are taken too: whoever wrote them means the same trace.
 */
export function traceIdOf(traceparent: string): string | null {
  // Most words end here, before the expression is tried.
  if (traceparent.length < LENGTH || traceparent.charCodeAt(2) !== HYPHEN || traceparent.charCodeAt(35) !== HYPHEN) return null
  const isLater = !traceparent.startsWith('00') && traceparent.charCodeAt(LENGTH) === HYPHEN
  const form = isLater ? traceparent.slice(0, LENGTH) : traceparent
  return TRACEPARENT.exec(form)?.[1]?.toLowerCase() ?? null
}
