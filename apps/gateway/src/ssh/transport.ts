import type { Socket } from 'node:net'
import { disconnectMessage, isConnectionMessage } from './messages.ts'

/**
 * What this room uses of ssh2's insides (pinned at 1.17.0). ssh2 does key exchange, encryption and authentication;
 * its channels are not used for bridging, because they lose what a proxy must pass on: terminal modes, bytes of
 * commands that are not UTF-8, agent requests, and the peers' own windows.
 */
type Ssh2Protocol = {
  _onPayload: (payload: Buffer) => number | false | undefined
  _onPacket: () => void
  _kexinit: Buffer | undefined
  _queue: Buffer[] | undefined
  _cipher: { encrypt: (packet: Buffer) => void }
  _packetRW: { write: { allocStart: number; alloc: (length: number) => Buffer; finalize: (packet: Buffer) => Buffer } }
}
type Ssh2Connection = { _protocol: Ssh2Protocol; _sock: Socket }

export class UnknownSsh2Error extends Error {
  readonly code = 'SSH2_NOT_AS_EXPECTED'
  readonly retryable = false
}

export type MessageListener = (payload: Buffer) => void

/**
 * One side of a bridge: the connection messages (RFC 4254) of one ssh2 connection.
 * Until `listen` is called they go to ssh2 itself; `hold` keeps them for the listener to come.
 */
export class Transport {
  private listener: MessageListener | null = null
  private readonly held: Buffer[] = []
  private isHolding = false
  private isCorked = false
  private readonly protocol: Ssh2Protocol
  private readonly library: Ssh2Protocol['_onPayload']
  readonly socket: Socket

  constructor(connection: object) {
    if (!isSsh2Connection(connection)) throw new UnknownSsh2Error('ssh2 is not the version that this proxy was written for')
    this.protocol = connection._protocol
    this.socket = connection._sock
    this.library = this.protocol._onPayload
    // Each key exchange hands this function to its new cipher, so it must stand here before the first one ends.
    this.protocol._onPayload = (payload) => this.receive(payload)
  }

  private receive(payload: Buffer): number | false | undefined {
    if ((this.listener === null && !this.isHolding) || !isConnectionMessage(payload)) return this.library(payload)
    this.protocol._onPacket()
    if (this.listener) this.listener(payload)
    else this.held.push(payload)
    return undefined
  }

  /** Keeps messages, and stops reading, until `listen` or `giveBack`. What was already read is one socket's chunk at most. */
  hold(): void {
    this.isHolding = true
    this.socket.pause()
  }

  /** Takes over the connection protocol from ssh2, what was held first. */
  listen(listener: MessageListener): void {
    this.listener = listener
    this.releaseHeld(listener)
  }

  /** Leaves the connection protocol to ssh2, what was held first. */
  giveBack(): void {
    this.listener = null
    this.releaseHeld((payload) => this.library(payload))
  }

  private releaseHeld(take: MessageListener): void {
    this.isHolding = false
    for (const payload of this.held.splice(0)) take(payload)
    this.socket.resume()
  }

  /** Sends one message as it is. Writes of one turn of the event loop leave in one system call. */
  send(payload: Buffer): void {
    if (!this.socket.writable) return
    this.cork()
    const { write } = this.protocol._packetRW
    const start = write.allocStart
    const packet = write.alloc(payload.length)
    packet.set(payload, start)
    const finished = write.finalize(packet)
    // During a key exchange nothing but the exchange may be sent; ssh2 sends its queue when it ends.
    if (this.protocol._kexinit === undefined) this.protocol._cipher.encrypt(finished)
    else this.queue(finished)
  }

  private queue(packet: Buffer): void {
    this.protocol._queue ??= []
    this.protocol._queue.push(packet)
  }

  private cork(): void {
    if (this.isCorked) return
    this.isCorked = true
    this.socket.cork()
    process.nextTick(() => {
      this.isCorked = false
      this.socket.uncork()
    })
  }

  /** Bytes that the socket has not taken yet. */
  get unsentBytes(): number {
    return this.socket.writableLength
  }

  /** Says why, then closes; what the peer does not take within a second is dropped. */
  disconnect(reason: number, message: string): void {
    this.send(disconnectMessage(reason, message))
    this.socket.end()
    this.socket.resume()
    const timer = setTimeout(() => this.socket.destroy(), 1000)
    this.socket.once('close', () => clearTimeout(timer))
  }
}

function isSsh2Connection(connection: object): connection is Ssh2Connection {
  const { _protocol: protocol, _sock: socket } = connection as Partial<Ssh2Connection>
  return typeof protocol?._onPayload === 'function' && typeof protocol._packetRW?.write?.alloc === 'function' && socket !== undefined
}
