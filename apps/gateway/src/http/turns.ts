import type { Duplex } from 'node:stream'
import type { Refusal } from './dialect.ts'

/** Requests that one connection may send before the first of them is answered. */
const MAX_WAITING = 64

type Connection = { waiting: (() => void)[]; onBroken: ((refusal: Refusal) => void) | null }

/**
 * Takes the requests of one connection one after the other: a caller that sends several at once counts on their order
 * (RFC 9112, 9.3.2).
 */
export class Turns {
  private readonly busy = new Map<Duplex, Connection>()

  /** Is a request of this connection under way? */
  isBusy(socket: Duplex): boolean {
    return this.busy.has(socket)
  }

  /** Calls back at this request's turn, at once where no other is under way. */
  take(socket: Duplex, begin: () => void): void {
    const connection = this.busy.get(socket)
    if (connection === undefined) {
      this.busy.set(socket, { waiting: [], onBroken: null })
      return void begin()
    }
    if (connection.waiting.length >= MAX_WAITING) return void socket.destroy()
    connection.waiting.push(begin)
  }

  claim(socket: Duplex, onBroken: (refusal: Refusal) => void): void {
    const connection = this.busy.get(socket)
    if (connection) connection.onBroken = onBroken
  }

  done(socket: Duplex): void {
    const connection = this.busy.get(socket)
    if (connection === undefined) return
    connection.onBroken = null
    const next = socket.destroyed ? undefined : connection.waiting.shift()
    if (next) next()
    else this.busy.delete(socket)
  }

  /** @returns whether a request is under way, whose taker then answers */
  tellBroken(socket: Duplex, refusal: Refusal): boolean {
    const onBroken = this.busy.get(socket)?.onBroken
    if (!onBroken) return false
    onBroken(refusal)
    return true
  }

  closeAll(): void {
    for (const connection of this.busy.values()) connection.waiting.length = 0
  }
}
