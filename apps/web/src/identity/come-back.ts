/** The page to come back to: the one that was asked for, or the first one after the login page itself. */
export function comeBackTo(href: string): string {
  if (!href.startsWith('/') || href.startsWith('//')) return '/'
  const { pathname, search, searchParams } = new URL(href, 'http://hoptrace.invalid')
  if (pathname !== '/login') return `${pathname}${search}`
  const to = searchParams.get('to') ?? '/'
  return to.startsWith('/login') ? '/' : comeBackTo(to)
}

/** Where a browser goes to sign in, told which page to come back to. */
export function signInUrl(url: string, to: string): string {
  const separator = url.includes('?') ? '&' : '?'
  return `${url}${separator}${new URLSearchParams({ to })}`
}
