import type { IncomingMessage, Server } from 'node:http'
import { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'

const DROPPED: ReadonlySet<string> = new Set(['upgrade', 'http2-settings', 'connection'])

/**
 * Answers a request whose upgrade is not offered as if it had asked for none (RFC 9110, 7.8): Node.js has stopped reading
 * the connection, and gets the same request again without it.
 */
export function requestAgain(server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  let again = `${req.method} ${req.url} HTTP/${req.httpVersion}\r\n`
  for (let i = 0; i + 1 < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? ''
    const value = req.rawHeaders[i + 1] ?? ''
    if (!DROPPED.has(name.toLowerCase())) again += `${name}: ${value}\r\n`
  }
  const connection = connectionOptions(req.headers.connection ?? '')
  if (connection !== '') again += `Connection: ${connection}\r\n`
  if (head.length > 0) socket.unshift(head)
  socket.unshift(Buffer.from(`${again}\r\n`, 'latin1'))
  server.emit(server instanceof SecureServer ? 'secureConnection' : 'connection', socket)
}

function connectionOptions(value: string): string {
  return value
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '' && !DROPPED.has(option.toLowerCase()))
    .join(', ')
}
