import { type DigestKey, type EventBody, EventChain, type EventType, Observer, type SessionEnvelope } from '@hoptrace/events'
import type { Gateway } from '../generate/plan.ts'

const KEY: DigestKey = { id: 'bench', secret: Buffer.alloc(32, 11) }

export function anObserver(): Observer {
  return new Observer(KEY)
}

/** Writes the events of one stream as the clock of its gateway tells the time. */
export class Stream {
  readonly events: Buffer[] = []
  private readonly chain: EventChain
  private lastUs: number

  constructor(
    envelope: Omit<SessionEnvelope, 'tenant' | 'gatewayId' | 'bootId'>,
    private readonly gateway: Gateway,
    private readonly beganUs: number,
  ) {
    this.lastUs = beganUs
    this.chain = new EventChain({ ...envelope, tenant: 'default', gatewayId: gateway.id, bootId: gateway.bootId })
  }

  /** @returns seq of the event */
  append<T extends EventType>(type: T, body: EventBody<T>, atUs: number, observer: Observer = anObserver()): number {
    // What one connection does comes one after the other.
    this.lastUs = Math.max(this.lastUs, atUs)
    const moment = { wallUs: this.lastUs + this.gateway.skewUs, elapsedUs: this.lastUs - this.beganUs }
    this.events.push(this.chain.next(type, body, moment, observer.result()))
    return this.chain.lastSeq
  }
}
