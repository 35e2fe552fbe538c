import { randomBytes } from 'node:crypto'
import { type EventBody, EventChain, type EventType, type SessionEnvelope, uuidv7 } from '@hoptrace/events'

/** Ten minutes ago: within the range that pages show by themselves. */
const AGO_MS = 600_000

export function anId(atMs: number): string {
  return uuidv7(atMs, randomBytes(10))
}

/** A session's events as a gateway records them, each a second after the one before. */
export class Recorded {
  readonly id: string
  readonly encoded: Buffer[] = []
  private readonly chain: EventChain
  private elapsedUs = 0

  constructor(
    envelope: Partial<SessionEnvelope>,
    private readonly startMs = Date.now() - AGO_MS,
  ) {
    this.id = envelope.sessionId ?? anId(startMs)
    const origin = { address: '192.0.2.7', port: 40_000, client: 'psql' }
    const whose = { run: null, principal: 'reconciler', rootPrincipal: 'ana', lineage: [] }
    const where = { tenant: 'acme', gatewayId: 'gw-east', bootId: anId(startMs - 1000), target: null }
    this.chain = new EventChain({ ...where, ...whose, origin, ...envelope, sessionId: this.id })
  }

  add<T extends EventType>(type: T, body: EventBody<T>): this {
    const at = { wallUs: BigInt(this.startMs) * 1000n + BigInt(this.elapsedUs), elapsedUs: this.elapsedUs }
    this.encoded.push(this.chain.next(type, body, at))
    this.elapsedUs += 1_000_000
    return this
  }
}

/** A gateway's own stream with one heartbeat. @param agoMs since it beat */
export function aGateway(gatewayId: string, agoMs: number, spool: NonNullable<EventBody<'gateway.heartbeat'>['spool']>): Recorded {
  const bootId = anId(Date.now() - agoMs)
  const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
  const stream = new Recorded({ ...nobody, sessionId: bootId, bootId, gatewayId }, Date.now() - agoMs)
  return stream.add('gateway.heartbeat', { open: [], spool })
}
