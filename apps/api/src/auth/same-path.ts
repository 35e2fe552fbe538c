/** A path of this very server, or `/`: a login link must not send a browser elsewhere. */
export function samePath(next: string | undefined): string {
  if (next === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next)) return '/'
  const base = 'http://hoptrace.invalid'
  if (!URL.canParse(next, base)) return '/'
  const url = new URL(next, base)
  // `/..//elsewhere` normalises to a path that browsers take for another host.
  if (url.origin !== base || url.pathname.startsWith('//')) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}
