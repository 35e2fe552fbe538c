import type { Socket } from 'node:net'

export class ConnectionClosedError extends Error {
  readonly code = 'CONNECTION_CLOSED'
  readonly retryable = true
}

/**
 * Waits for exactly `length` bytes; what comes after them stays in the socket.
 * @throws ConnectionClosedError when the connection ends first
 */
export function readExactly(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => {
      socket.off('readable', look).off('end', gone).off('close', gone).off('error', failed)
      settled()
    }
    const gone = () => settle(() => reject(new ConnectionClosedError('the connection was closed')))
    const failed = (error: Error) => settle(() => reject(error))
    const look = () => {
      const bytes = socket.read(length) as Buffer | null
      // At its end a stream gives what is left, however short.
      if (bytes !== null && bytes.length < length) gone()
      else if (bytes !== null) settle(() => resolve(bytes))
      else if (socket.readableEnded || socket.destroyed) gone()
    }
    socket.on('readable', look).on('end', gone).on('close', gone).on('error', failed)
    look()
  })
}

export type WireMessage = { type: string; body: Buffer }

/**
 * Waits for one message of a type byte, a length and a body.
 * @throws ConnectionClosedError when the connection ends first, RangeError when the message is longer than `limit`
 */
export async function readMessage(socket: Socket, limit: number): Promise<WireMessage> {
  const header = await readExactly(socket, 5)
  const length = header.readInt32BE(1)
  if (length < 4 || length > limit) throw new RangeError('a message of impossible length')
  const body = length === 4 ? Buffer.alloc(0) : await readExactly(socket, length - 4)
  return { type: String.fromCharCode(header[0] ?? 0), body }
}
