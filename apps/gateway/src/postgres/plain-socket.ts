import { connect, type Socket, type TcpNetConnectOpts } from 'node:net'

const READ_BYTES = 64 * 1024
// Shared by all: what one read put there is copied before the next.
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES)

type Listener = (chunk: Buffer) => void
const readers = new WeakMap<Socket, { listener: Listener | null }>()

/**
 * An unencrypted connection that reads into one buffer for all of them: a socket would by itself allocate 64 KiB for every
 * read. A stream like any other until `onBytes`.
 */
export function connectPlain(options: TcpNetConnectOpts): Socket {
  const reader = { listener: null as Listener | null }
  const callback = (length: number): boolean => {
    const chunk = Buffer.from(readBuffer.subarray(0, length))
    if (reader.listener === null) return socket.push(chunk)
    reader.listener(chunk)
    return true
  }
  const socket = connect({ ...options, onread: { buffer: readBuffer, callback } })
  readers.set(socket, reader)
  return socket
}

/** Hears every chunk from now on, of any socket: of a plain one past its stream's queue, once what waits there is out. */
export function onBytes(socket: Socket, listener: Listener): void {
  socket.on('data', listener)
  const reader = readers.get(socket)
  if (reader) reader.listener = listener
}
