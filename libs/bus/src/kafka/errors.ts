/** A setting is missing or wrong. Names it, never its value. */
export class KafkaConfigError extends Error {
  readonly code = 'KAFKA_BAD_CONFIGURATION'
  readonly retryable = false
  constructor(
    readonly setting: string,
    problem: string,
  ) {
    super(`${setting} ${problem}`)
  }
}

/** It is not known whether the broker has these messages: they are to be published again. */
export class PublishError extends Error {
  readonly code = 'KAFKA_PUBLISH_FAILED'
  readonly retryable: boolean
  constructor(
    readonly topic: string,
    readonly messages: number,
    cause: unknown,
  ) {
    super(`Cannot publish ${messages} messages to ${topic}: ${reasonOf(cause)}`, { cause })
    this.retryable = !(cause instanceof MessageTooLargeError)
  }
}

export class MessageTooLargeError extends Error {
  readonly code = 'KAFKA_MESSAGE_TOO_LARGE'
  readonly retryable = false
  constructor(
    readonly topic: string,
    readonly bytes: number,
  ) {
    super(`A message of ${bytes} bytes is more than ${topic} takes: raise its max.message.bytes`)
  }
}

/** A topic is not as this version needs it. Nothing is altered: whoever runs the cluster decides. */
export class TopicMismatchError extends Error {
  readonly code = 'KAFKA_TOPIC_MISMATCH'
  readonly retryable = false
  constructor(
    readonly topic: string,
    readonly setting: string,
    readonly wanted: string,
    readonly found: string,
  ) {
    super(`Topic ${topic}: ${setting} is ${found}, wanted ${wanted}`)
  }
}

export class TopicNotCreatedError extends Error {
  readonly code = 'KAFKA_TOPIC_NOT_CREATED'
  readonly retryable: boolean
  constructor(
    readonly topic: string,
    readonly reason: string,
    hint: string,
  ) {
    super(`Cannot create topic ${topic}: ${reason}${hint}`)
    this.retryable = reason === 'REQUEST_TIMED_OUT'
  }
}

/** The consumer showed no sign of life for so long that it was built anew. */
export class ConsumerStalledError extends Error {
  readonly code = 'KAFKA_CONSUMER_STALLED'
  readonly retryable = true
  constructor(readonly silentMs: number) {
    super(`The consumer was silent for ${Math.round(silentMs)} ms`)
  }
}

/** What the broker or the client said, in a word where it has one. Never a payload. */
export function reasonOf(error: unknown): string {
  const type = typeOf(error)
  if (type !== null) return type
  return error instanceof Error ? error.message : 'unknown'
}

/** The protocol's name for an error (`MESSAGE_TOO_LARGE`), wherever the client hid it. */
export function typeOf(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('type' in at && typeof at.type === 'string') return at.type
  }
  return null
}
