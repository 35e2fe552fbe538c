const MAX_REDIRECTS = 20

/** A browser as far as signing in needs one: it keeps cookies, follows redirects, and fills in forms. */
export class TestBrowser {
  /** Of each origin, by name. */
  private readonly cookies = new Map<string, Map<string, string>>()
  /** Redirects to this path are not followed. */
  stopAt: string | null = null

  /** Follows redirects to a page. */
  async open(url: string, init: RequestInit = {}): Promise<{ url: string; response: Response }> {
    let at = url
    let next = init
    for (let hops = 0; hops < MAX_REDIRECTS; hops += 1) {
      const response = await this.send(at, next)
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) return { url: at, response }
      await response.body?.cancel()
      at = new URL(location, at).href
      if (new URL(at).pathname === this.stopAt) return { url: at, response }
      next = {}
    }
    throw new Error('Redirected for ever')
  }

  /** Opens a page that leads to the provider, signs in there, and comes back. */
  async signIn(url: string, username: string): Promise<{ url: string; response: Response }> {
    const page = await this.open(url)
    await page.response.body?.cancel()
    if (!new URL(page.url).pathname.startsWith('/interaction/')) return page
    return this.submit(page.url, { username })
  }

  /** Confirms a device's code as somebody. @param url `verification_uri_complete` */
  async confirmDevice(url: string, username: string): Promise<string> {
    let { url: at, response } = await this.open(url)
    for (let forms = 0; forms < 4; forms += 1) {
      const html = await response.text()
      const fields = fieldsIn(html)
      if (Object.keys(fields).length === 0 && !html.includes('name="username"')) return html
      const filled = html.includes('name="username"') ? { username } : fields
      ;({ url: at, response } = await this.submit(actionIn(html, at), filled))
    }
    return response.text()
  }

  /** A `Cookie` header for the origin of an address. */
  cookieFor(url: string): string {
    const jar = this.cookies.get(new URL(url).origin) ?? []
    return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  submit(url: string, fields: Record<string, string>): Promise<{ url: string; response: Response }> {
    return this.open(url, { method: 'POST', body: new URLSearchParams(fields) })
  }

  /** One request with the cookies of its origin. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url)
    const jar = this.cookies.get(origin) ?? new Map<string, string>()
    this.cookies.set(origin, jar)
    const cookie = this.cookieFor(url)
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...headersOf(init), ...(cookie === '' ? {} : { cookie }) },
    })
    for (const set of response.headers.getSetCookie()) keep(jar, set)
    return response
  }
}

function keep(jar: Map<string, string>, set: string): void {
  const [pair = '', ...attributes] = set.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  const value = pair.slice(equals + 1)
  const isOver = attributes.some((attribute) => /^\s*(?:max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
  if (isOver || value === '') jar.delete(name)
  else jar.set(name, value)
}

function fieldsIn(html: string): Record<string, string> {
  const inputs = html.match(/<input[^>]+type="hidden"[^>]*>/gi) ?? []
  return Object.fromEntries(inputs.map((input) => [attributeOf(input, 'name'), attributeOf(input, 'value')]))
}

function actionIn(html: string, at: string): string {
  const form = /<form[^>]*>/i.exec(html)?.[0] ?? ''
  return new URL(attributeOf(form, 'action') || at, at).href
}

function attributeOf(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? ''
}

function headersOf({ headers }: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(headers).entries())
}
