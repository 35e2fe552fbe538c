/** Escapes of these are undone: they mean the same escaped or not (RFC 3986, 2.3 and 6.2.2.2). */
const UNRESERVED = /[A-Za-z0-9\-._~]/
/** What separates, in one server or another, once it is decoded: `..;` is a dot segment for some, and a backslash a slash. */
const SEPARATING = /[/\\;?#]|%[0-9A-Fa-f]{2}/

/**
 * Splits the path of a request into segments in normal form: escapes of unreserved characters undone, others in upper
 * case. Null for a path that servers may read in different ways, so that nobody can tell what it asks for: empty or dot
 * segments, parameters after `;`, escaped separators or controls, escapes twice over, bytes that are not UTF-8.
 */
export function pathSegments(path: string): string[] | null {
  const [bare = ''] = path.split('?', 1)
  if (!bare.startsWith('/') || bare.startsWith('//')) return null
  const segments = bare.slice(1).split('/')
  // Only the last may be empty: a path that ends in a slash.
  if (segments.slice(0, -1).includes('')) return null
  if (!segments.every(isPlain)) return null
  return segments.map(normal)
}

function isPlain(segment: string): boolean {
  // What stands unescaped in a path is visible ASCII.
  if (!/^[\x21-\x7e]*$/.test(segment)) return false
  const decoded = decodedOf(segment)
  if (decoded === null) return false
  // Some servers fold full-width and other forms into the plain ones.
  const folded = decoded.normalize('NFKC')
  return !SEPARATING.test(folded) && !/\p{Cc}/u.test(folded) && folded !== '.' && folded !== '..'
}

function decodedOf(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

function normal(segment: string): string {
  return segment.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return UNRESERVED.test(character) ? character : escaped.toUpperCase()
  })
}
