import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { canonicalAddress, printable } from '@hoptrace/events'
import ssh2 from 'ssh2'
import type { AccessControl } from '../access/access-control.ts'
import { ALGORITHMS, FAST_CIPHERS, hasFastCipher } from './algorithms.ts'
import type { SshControl } from './authentication.ts'
import { CallerConnection, type CallerOptions, type SshTimes } from './caller-connection.ts'
import { narrowCiphers } from './key-exchange-offer.ts'
import { Strangers } from './strangers.ts'
import type { ResolveSecret } from './target-connection.ts'

export type SshProxyOptions = {
  /** The gateway's own host key: a private key in OpenSSH's format or PEM. */
  hostKey: string
  access: AccessControl
  control: SshControl
  resolveSecret: ResolveSecret
  /** Monotonic microseconds. */
  nowUs: () => number
  /** A fault of the proxy itself, for the log. Names no secret and no recorded content. */
  onFault: (error: unknown) => void
  times?: Partial<SshTimes>
}

const TIMES: SshTimes = { loginMs: 60_000, crowdedLoginMs: 10_000, connectMs: 15_000, keepaliveMs: 15_000, lastWordsMs: 3000 }
// ssh2 asks callers whether they live on its own, and would take the answers to our questions for its own.
const NEVER_MS = 2 ** 31 - 1

/** Listens for SSH callers and records what they do at their targets. */
export class SshProxy {
  private readonly listener: Server
  private readonly library: ssh2.Server
  private readonly callerOptions: CallerOptions
  private readonly sockets = new Set<Socket>()
  private readonly strangers: Strangers

  constructor(options: SshProxyOptions) {
    const { hostKey, ...caller } = options
    this.callerOptions = { ...caller, times: { ...TIMES, ...options.times } }
    this.strangers = new Strangers(this.callerOptions.times, options.nowUs)
    this.library = new ssh2.Server({ hostKeys: [hostKey], algorithms: ALGORITHMS, ident: 'Hoptrace', keepaliveInterval: NEVER_MS })
    this.library.on('connection', (connection, { ip, port, header }) => {
      if (hasFastCipher(header.versions.software)) narrowCiphers(connection, FAST_CIPHERS)
      this.serve(connection, { address: canonicalAddress(ip) ?? ip, port, client: printable(header.identRaw).slice(0, 255) })
    })
    this.listener = createServer({ noDelay: true }, (socket) => this.accept(socket))
  }

  /** @returns where it listens; port 0 asks for any free port */
  listen(port: number, host: string): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.listener.once('error', reject)
      this.listener.listen(port, host, () => {
        this.listener.off('error', reject)
        this.listener.on('error', this.callerOptions.onFault)
        resolve(this.listener.address() as AddressInfo)
      })
    })
  }

  /** Takes no more callers, and cuts off those that are left. End their sessions first (StopOrder), so that they learn why. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.listener.close(() => resolve()))
    for (const socket of this.sockets) socket.destroySoon()
    await closed
  }

  private accept(socket: Socket): void {
    const { remoteAddress = '' } = socket
    if (!this.strangers.admit(socket, canonicalAddress(remoteAddress) ?? remoteAddress)) return void socket.destroy()
    this.sockets.add(socket)
    socket.on('close', () => {
      this.strangers.forget(socket)
      this.sockets.delete(socket)
    })
    this.library.injectSocket(socket)
  }

  private serve(connection: ssh2.Connection, origin: { address: string; port: number; client: string }): void {
    // What goes wrong on the wire ends the connection, and its close is what is acted on.
    connection.on('error', () => {})
    try {
      const caller: CallerConnection = new CallerConnection(connection, origin, this.callerOptions, () =>
        this.strangers.forget(caller.socket),
      )
    } catch (error) {
      connection.end()
      this.callerOptions.onFault(error)
    }
  }
}
