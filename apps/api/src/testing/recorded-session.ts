import { type EventBody, EventChain, type EventType, type FoundObservables, type SessionEnvelope, uuidv7 } from '@hoptrace/events'

export const SOMETIME_MS = Date.UTC(2026, 9, 3, 9)

let counter = 0

/** A UUIDv7 at a moment; another one with each call. */
export function anId(atMs: number): string {
  counter += 1
  const random = Buffer.alloc(10)
  random.writeUInt32BE(counter, 6)
  return uuidv7(atMs, random)
}

/** A session's encoded events. A test states only what it is about. */
export class RecordedSession {
  readonly id: string
  readonly encoded: Buffer[] = []
  private readonly chain: EventChain
  private elapsedUs = 0

  constructor(
    envelope: Partial<SessionEnvelope> = {},
    readonly startMs = SOMETIME_MS,
  ) {
    this.id = envelope.sessionId ?? anId(startMs)
    const target = { name: 'orders', protocol: 'postgres' as const, address: '10.0.0.5:5432', account: 'app' }
    const origin = { address: '192.0.2.7', port: 40_000, client: 'psql' }
    const whose = { run: null, principal: 'agent-1', rootPrincipal: 'ana', lineage: [] }
    const where = { tenant: 'default', gatewayId: 'gw-1', bootId: BOOT_ID }
    this.chain = new EventChain({ ...where, ...whose, origin, target, ...envelope, sessionId: this.id })
  }

  /** Appends an event one millisecond after the one before it. */
  add<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): this {
    const at = { wallUs: BigInt(this.startMs) * 1000n + BigInt(this.elapsedUs), elapsedUs: this.elapsedUs }
    this.encoded.push(this.chain.next(type, body, at, found))
    this.elapsedUs += 1000
    return this
  }

  started(): this {
    return this.add('session.started', { client: 'psql', database: 'shop', tls: false })
  }

  /** A statement and its answer. */
  asked(text: string, rows: (string | null)[][] = [], error: EventBody<'sql.result'>['error'] = null): this {
    const seq = this.chain.lastSeq + 1
    const statement = { mode: 'simple' as const, prepared: null, params: [], kind: 'SELECT', tables: [], transaction: 'idle' as const }
    const columns = (rows[0] ?? []).map((_, index) => ({ name: `c${index}`, oid: 25, type: 'text' }))
    const answer = { statement: seq, index: 0, tag: `SELECT ${rows.length}`, rows: rows.length, bytes: 100, durationUs: 1500, columns }
    return this.add('sql.statement', { text, ...statement }).add('sql.result', { ...answer, error, sample: rows, transaction: 'idle' })
  }

  ended(reason: EventBody<'session.ended'>['reason'] = 'client'): this {
    return this.add('session.ended', { reason, message: null })
  }
}

export const BOOT_ID = uuidv7(SOMETIME_MS - 60_000, Buffer.alloc(10, 7))

/** A gateway's own stream. */
export function aBootStream(startMs = SOMETIME_MS, bootId = anId(startMs)): RecordedSession {
  const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
  return new RecordedSession({ ...nobody, sessionId: bootId, bootId }, startMs)
}
