import { Buffer } from 'node:buffer'
import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { Coordinates, RawMessage } from '../batch-consumer.ts'
import { hiddenHeaders } from './lazy-headers.ts'

const EMPTY = Buffer.alloc(0)

/** A message as the broker handed it over. Key and headers become text when somebody reads them: most handlers never do. */
export class ReceivedMessage implements RawMessage {
  readonly value: Buffer
  readonly at: Coordinates
  /** A tombstone: it deletes its key, and has no value. */
  readonly isTombstone: boolean

  constructor(
    topic: string,
    partition: number,
    private readonly message: KafkaMessage,
  ) {
    this.value = message.value ?? EMPTY
    this.isTombstone = message.value === null
    this.at = { source: topic, partition: String(partition), offset: Number(message.offset) }
  }

  // An optional member is absent rather than undefined for those who copy messages.
  get key(): string {
    return this.message.key?.toString('utf8') ?? ''
  }

  get headers(): Readonly<Record<string, string>> {
    return hiddenHeaders(this.value, this.message.attributes) ?? asText(this.message.headers ?? {})
  }

  get timestampMs(): number {
    return Number(this.message.timestamp)
  }
}

function asText(headers: IHeaders): Record<string, string> {
  // No prototype: names come from whoever published.
  const text: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined && first !== null) text[name] = first.toString()
  }
  return text
}
