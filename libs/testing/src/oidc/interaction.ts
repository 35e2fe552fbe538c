import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'

const FORM = `<!doctype html><html lang="en"><head><title>Sign in</title></head><body><form method="post">
<label>User name <input name="username" autofocus></label><button type="submit">Sign in</button></form></body></html>`

/** The page on which somebody says who they are. There are no passwords. */
export async function answerInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FORM)
    return
  }
  const accountId = new URLSearchParams(await bodyOf(request)).get('username') ?? ''
  await provider.interactionFinished(request, response, { login: { accountId } })
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
