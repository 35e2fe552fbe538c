/** More segments than any path of the API has, proxied ones included. */
const MAX_SEGMENTS = 64
const MAX_PATH = 4096

/**
 * The segments of a path as the API server sees them: decoded, then split (RequestInfo does it in that order).
 * Null for a path that one reader could take for another: with escapes that are broken or hide a separator, with empty
 * or dot segments, with control characters. Behind `proxy` an empty segment is the proxied server's own affair.
 */
export function apiSegments(path: string): string[] | null {
  if (!path.startsWith('/') || path.length > MAX_PATH) return null
  const raw = path.slice(1).split('/')
  if (raw.length > MAX_SEGMENTS) return null
  if (raw.at(-1) === '') raw.pop()
  const segments: string[] = []
  for (const part of raw) {
    const segment = decoded(part)
    if (segment === null || !isPlain(segment)) return null
    if (segment === '' && !segments.includes('proxy')) return null
    segments.push(segment)
  }
  return segments
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

function isPlain(segment: string): boolean {
  return segment !== '.' && segment !== '..' && !/[\u0000-\u001f\u007f/\\]/.test(segment)
}
