import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasBody } from './caller-body.ts'
import type { OwnAnswer, Refusal } from './dialect.ts'

/** A caller that goes on sending what nobody reads gets so long, and so much, until its connection is closed. */
const LINGER_MS = 1000
const LINGER_BYTES = 1024 * 1024

/** Answers in the target's place. A body that is still coming is not waited for, nor read without end. */
export function answerOwn(req: IncomingMessage, res: ServerResponse, { status }: Refusal, answer: OwnAnswer, more: string[] = []): void {
  if (res.headersSent || res.destroyed) return
  const body = Buffer.from(req.method === 'HEAD' ? '' : answer.body)
  const isUnread = hasBody(req) && !req.complete
  const headers = ['Content-Type', answer.mediaType, 'Content-Length', `${Buffer.byteLength(answer.body)}`, 'Cache-Control', 'no-store']
  if (status === 401) headers.push('WWW-Authenticate', 'Bearer realm="hoptrace", Basic realm="hoptrace"')
  if (isUnread) headers.push('Connection', 'close')
  res.sendDate = false
  res.writeHead(status, [...headers, ...more])
  if (!isUnread) return void res.end(body)
  res.write(body)
  endLater(req, res)
}

/**
 * Ends an answer that came before its request was whole. Closed at once, with bytes of the caller's unread, the
 * connection would be reset, and the answer lost with it (RFC 9112, 9.6).
 */
export function endLater(req: IncomingMessage, res: ServerResponse): void {
  let left = LINGER_BYTES
  const end = () => {
    clearTimeout(timer)
    if (!res.writableEnded) res.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  res.once('close', () => clearTimeout(timer))
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) end()
  })
  req.once('end', end)
  req.resume()
}
