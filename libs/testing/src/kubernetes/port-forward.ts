import { connect } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { SpdyServer } from './spdy.ts'

/** SPDY frames in WebSocket messages, as kubectl tunnels them from 1.31 on. */
export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io'

/** Ports of pods, and where on loopback each leads. */
export type ForwardTargets = Readonly<Record<number, number>>

/** Serves a port-forward: a pair of SPDY streams for each connection, one for errors and one for its bytes. */
export function servePortForward(webSocket: WebSocket, targets: ForwardTargets): void {
  const spdy = new SpdyServer(
    (bytes) => webSocket.readyState === webSocket.OPEN && webSocket.send(bytes),
    (stream, headers) => {
      if (headers.get('streamtype') !== 'data') return { data: () => undefined, end: () => undefined }
      const socket = connect({ host: '127.0.0.1', port: targets[Number(headers.get('port'))] ?? 0 })
      socket.on('data', (bytes) => spdy.send(stream, bytes))
      socket.on('close', () => spdy.end(stream))
      socket.on('error', () => spdy.end(stream))
      webSocket.on('close', () => socket.destroy())
      return { data: (bytes) => void socket.write(bytes), end: () => void socket.end() }
    },
  )
  webSocket.on('message', (message: RawData) => Buffer.isBuffer(message) && spdy.take(message))
}
