import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import type { RequestSession } from './request-session.ts'
import { hostNameOf } from './request-target.ts'

/** How a target is reached. */
export type UpstreamTarget = {
  name: string
  /** `host:port` */
  address: string
  tls: 'disable' | 'require' | 'verify'
  /** PEM file of the authority that `verify` trusts. */
  ca?: string | undefined
  serverName?: string | undefined
  /** Of the gateway's own, PEM. */
  clientCertificate?: { cert: string | Buffer; key: string | Buffer } | undefined
  /** Does each session have connections of its own? Some servers take who a connection is from what was asked over it first. */
  isPerSession: boolean
}

/** Sends requests to one target. */
export type Dispatches = Pick<Dispatcher, 'dispatch'>

/** Connections to one target at most. */
const MAX_CONNECTIONS = 4096
const MAX_HEADER_BYTES = 64 * 1024
const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 3000

/** Connections to targets, kept and used again. */
export class Upstreams {
  private readonly shared = new Map<string, Pool>()
  private readonly own = new Map<RequestSession, Pool>()

  constructor(private readonly answerTimeoutMs: number) {}

  /** @throws when a file that the target names cannot be read */
  dispatcherFor(target: UpstreamTarget, session: RequestSession): Dispatches {
    if (!target.isPerSession) return pooled(this.shared, target.name, () => this.open(target))
    const known = this.own.get(session)
    if (known) return known
    session.onEnd(() => {
      this.own
        .get(session)
        ?.destroy()
        .catch(() => {})
      this.own.delete(session)
    })
    return pooled(this.own, session, () => this.open(target))
  }

  async close(): Promise<void> {
    await Promise.all([...this.shared.values(), ...this.own.values()].map((pool) => pool.destroy()))
  }

  private open(target: UpstreamTarget): Pool {
    const isPlain = target.tls === 'disable'
    return new Pool(`${isPlain ? 'http' : 'https'}://${target.address}`, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      // A stream may be silent for as long as both ends like.
      bodyTimeout: 0,
      headersTimeout: this.answerTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Given up before the target would: a request that meets its end in a connection that was closed is not sent again.
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      keepAliveTimeoutThreshold: 2000,
      allowH2: false,
      connect: isPlain ? { timeout: CONNECT_TIMEOUT_MS } : secureConnector(target),
    })
  }
}

// The name that is asked for and checked is the target's, whatever host the caller named.
function secureConnector({ address, tls, ca, serverName, clientCertificate }: UpstreamTarget): buildConnector.connector {
  const host = hostNameOf(address)
  const servername = serverName ?? (isIP(host) === 0 ? host : '')
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
    rejectUnauthorized: tls === 'verify',
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...clientCertificate,
  })
  return (options, callback) => connect({ ...options, servername }, callback)
}

function pooled<K>(pools: Map<K, Pool>, key: K, open: () => Pool): Pool {
  const known = pools.get(key)
  if (known) return known
  const pool = open()
  pools.set(key, pool)
  return pool
}
