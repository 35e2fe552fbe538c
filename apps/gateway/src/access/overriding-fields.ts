/** Fields in which frameworks and proxies look for another method or path than the request line's. */
const OVERRIDING: ReadonlySet<string> = new Set([
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-method',
  'x-forwarded-method',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-forwarded-uri',
  'x-forwarded-url',
  'x-forwarded-path',
])

/** May a target read the request as another than its request line says? @param names in lower case */
export function isOverridden(names: Iterable<string>): boolean {
  // Gateways to applications (CGI, RFC 3875, 4.1.18) tell hyphens and underscores in names apart no more.
  for (const name of names) if (OVERRIDING.has(name.includes('_') ? name.replaceAll('_', '-') : name)) return true
  return false
}
