import type { IncomingMessage } from 'node:http'

/**
 * A cookie travels with requests that other pages make: those that change something must come from our own.
 * @param publicUrl where browsers reach the server, when a proxy stands before it
 */
export function isSameOrigin({ method, headers }: IncomingMessage, publicUrl: string | null): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  // No browser leaves both out.
  if (headers.origin === undefined) return true
  if (!URL.canParse(headers.origin)) return false
  const { host, origin } = new URL(headers.origin)
  return publicUrl === null ? host === headers.host : origin === new URL(publicUrl).origin
}
