import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'

/** What answers an address that is neither of the api nor a file of the web: the web's page, which routes it. */
export function webPage(directory: string | null) {
  return async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    if (
      path === '/api' ||
      path.startsWith('/api/') ||
      path === '/login/oidc' ||
      path.startsWith('/login/oidc/') ||
      request.method !== 'GET'
    )
      return next()
    // A missing script must not be answered with the page: it would be parsed as one.
    if (/\.[a-z0-9]{1,8}$/i.test(path) && path.startsWith('/assets/')) return next()
    const page = directory && (await readFile(join(directory, 'index.html')).catch(() => null))
    if (!page) return notBuilt(response)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' }).end(page)
  }
}

function notBuilt(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('The web is not built. Run `npm run build`; the API is under /api/v1.\n')
}
