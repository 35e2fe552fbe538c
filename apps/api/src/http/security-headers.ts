import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Everything recorded is hostile, so a page may run and load only what this server serves.
 * `wasm-unsafe-eval`: the terminal player's emulator is WebAssembly. `style-src-attr`: it sizes itself by style attributes.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export function securityHeaders(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  response.removeHeader('x-powered-by')
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()')
  if (request.url?.startsWith('/api/')) response.setHeader('cache-control', 'no-store')
  next()
}
