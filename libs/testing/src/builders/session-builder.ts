import {
  type EventBody,
  EventChain,
  type EventType,
  type FoundObservables,
  type HttpBody,
  Observer,
  type SessionEnvelope,
  uuidv7,
} from '@hoptrace/events'

export type SessionOptions = Partial<SessionEnvelope> & {
  /** When the session began, in milliseconds since the epoch. */
  startMs?: number
}

const SOMETIME_MS = Date.UTC(2026, 9, 3, 9)
const KEY = { id: 'test', secret: Buffer.alloc(32, 1) }

let counter = 0

/** A UUIDv7 at a moment; another one with each call. */
function anId(atMs: number): string {
  counter += 1
  const random = Buffer.alloc(10, 3)
  random.writeUInt32BE(counter, 6)
  return uuidv7(atMs, random)
}

/** A session's events as a gateway encodes them, on a clock that moves when it is told to. */
export class SessionBuilder {
  readonly id: string
  readonly startMs: number
  readonly encoded: Buffer[] = []
  private readonly chain: EventChain
  private elapsedUs = 0

  constructor({ startMs = SOMETIME_MS, ...envelope }: SessionOptions & Pick<SessionEnvelope, 'target'>) {
    this.startMs = startMs
    this.id = envelope.sessionId ?? anId(startMs)
    const where = { tenant: 'default', gatewayId: 'gw-1', bootId: anId(startMs - 60_000) }
    const whose = { run: null, principal: 'agent-1', rootPrincipal: 'ana', lineage: [] }
    const origin = { address: '192.0.2.7', port: 40_122, client: null }
    this.chain = new EventChain({ ...where, ...whose, origin, ...envelope, sessionId: this.id })
  }

  /** Lets time pass. */
  after(ms: number): this {
    this.elapsedUs += Math.round(ms * 1000)
    return this
  }

  /** @returns its seq */
  add<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    const at = { wallUs: BigInt(this.startMs) * 1000n + BigInt(this.elapsedUs), elapsedUs: this.elapsedUs }
    this.encoded.push(this.chain.next(type, body, at, found))
    return this.chain.lastSeq
  }
}

/** Digests what stands in texts, as capture does. */
export function anObserver(): Observer {
  return new Observer(KEY)
}

/** A textual body as it is recorded. */
export function aBody(text: string, mediaType = 'application/json'): HttpBody {
  return { mediaType, encoding: null, data: { utf8: text } }
}

export function aJsonBody(value: unknown): HttpBody {
  return aBody(JSON.stringify(value))
}

/** The SHA-256 of nothing that anybody has: only its form counts. */
export function aDigest(seed: string): string {
  return Buffer.from(seed.repeat(32)).toString('hex').slice(0, 64)
}
