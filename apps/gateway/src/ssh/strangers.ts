import type { Socket } from 'node:net'

/** Connections that have not proved who they are. More are turned away, as OpenSSH's MaxStartups does. */
export const MAX_STRANGERS = 128
/** So many of them shorten everyone's time: the silent give way to those that are about to log in. */
export const CROWD = MAX_STRANGERS / 2
/** From one network off loopback. On loopback, callers cannot be told apart. */
export const MAX_STRANGERS_OF_ONE = 16

export type LoginTimes = {
  /** From connecting to being authenticated. */
  loginMs: number
  /** The same while many wait. */
  crowdedLoginMs: number
}

type Stranger = { network: string; sinceUs: number; timer: NodeJS.Timeout }

/** Who has connected and not yet logged in: how many they may be, and for how long. */
export class Strangers {
  private readonly strangers = new Map<Socket, Stranger>()
  private isCrowded = false

  constructor(
    private readonly times: LoginTimes,
    private readonly nowUs: () => number,
  ) {}

  /** @param address of the peer, as `canonicalAddress` writes it. @returns false when there is no room for it */
  admit(socket: Socket, address: string): boolean {
    const network = networkOf(address)
    if (this.strangers.size >= MAX_STRANGERS || !this.hasRoomFor(network)) return false
    this.strangers.set(socket, { network, sinceUs: this.nowUs(), timer: this.cutOff(socket, this.allowedMs) })
    this.settle()
    return true
  }

  /** It has logged in, or gone. Idempotent. */
  forget(socket: Socket): void {
    clearTimeout(this.strangers.get(socket)?.timer)
    this.strangers.delete(socket)
    this.settle()
  }

  private get allowedMs(): number {
    return this.isCrowded ? Math.min(this.times.crowdedLoginMs, this.times.loginMs) : this.times.loginMs
  }

  private hasRoomFor(network: string): boolean {
    if (network === LOOPBACK) return true
    let count = 0
    for (const stranger of this.strangers.values()) if (stranger.network === network) count += 1
    return count < MAX_STRANGERS_OF_ONE
  }

  // Those that were here before the crowd have no more time than those that make it.
  private settle(): void {
    const isCrowded = this.strangers.size >= CROWD
    if (isCrowded === this.isCrowded) return
    this.isCrowded = isCrowded
    if (!isCrowded) return
    for (const [socket, stranger] of this.strangers) {
      clearTimeout(stranger.timer)
      const waitedMs = (this.nowUs() - stranger.sinceUs) / 1000
      stranger.timer = this.cutOff(socket, Math.max(0, this.allowedMs - waitedMs))
    }
  }

  private cutOff(socket: Socket, afterMs: number): NodeJS.Timeout {
    return setTimeout(() => socket.destroy(), afterMs)
  }
}

const LOOPBACK = 'loopback'

/** An IPv4 address, or the /64 of an IPv6 address, which one host has whole (RFC 4291, section 2.5.1). */
function networkOf(address: string): string {
  if (address.startsWith('127.') || address === '::1') return LOOPBACK
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])].slice(0, 4).join(':')
}
