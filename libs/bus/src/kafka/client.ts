import { Kafka, type KafkaConfig, type LogEntry, logLevel, type SASLOptions } from 'kafkajs'
import { registerGzip } from './gzip-codec.ts'
import type { KafkaNotice, OnKafkaNotice } from './notices.ts'
import { Repeats } from './repeats.ts'
import type { KafkaSettings } from './settings.ts'

/** First pause 100 ms, doubled up to 3 s. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, multiplier: 2, factor: 0.2 }
/** 1.5 s until a call gives up. Calls nest, and so several times that until something fails. */
export const FEW_RETRIES = 4
/**
 * About a minute. While a consumer's client tries again by itself, it keeps its place in its group; one that is built
 * anew does not, and the group then waits a session time-out for the one that never took its leave.
 */
export const MANY_RETRIES = 22

/** The one place where the client library is set up. */
export function kafkaClient(settings: KafkaSettings, onNotice: OnKafkaNotice, retries = FEW_RETRIES): Kafka {
  registerGzip()
  const repeats = new Repeats(REPEAT_AFTER_MS)
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ...(settings.tls ? { ssl: tlsOptions(settings.tls) } : {}),
    ...(settings.sasl ? { sasl: saslOptions(settings.sasl) } : {}),
    connectionTimeout: 5_000,
    authenticationTimeout: 5_000,
    requestTimeout: 30_000,
    retry: { ...RETRY, retries },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const notice = noticeOf(entry)
      if (notice.kind !== 'client' || repeats.isNew(notice.message, performance.now())) onNotice(notice)
    },
  })
}

function tlsOptions({ ca, cert, key }: NonNullable<KafkaSettings['tls']>): KafkaConfig['ssl'] {
  return { ...(ca === undefined ? {} : { ca: [ca] }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) }
}

// The library's type has one form for each mechanism.
function saslOptions({ mechanism, username, password }: NonNullable<KafkaSettings['sasl']>): SASLOptions {
  if (mechanism === 'plain') return { mechanism, username, password }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password }
  return { mechanism, username, password }
}

/** A broker that is away makes the library say the same many times a second. */
const REPEAT_AFTER_MS = 30_000

/** The library says so in no other way. */
const DELETED_UNREAD = 'Offset out of range, resetting to default offset'

function noticeOf(entry: LogEntry): KafkaNotice {
  const { topic, partition, message } = entry.log
  if (message === DELETED_UNREAD) return { kind: 'missed', topic: String(topic), partition: Number(partition) }
  return { kind: 'client', level: entry.level === logLevel.ERROR ? 'error' : 'warn', message: textOf(entry) }
}

// Only the sentence and what it is about: other members may hold stacks or whole requests.
function textOf({ namespace, log }: LogEntry): string {
  const about = ['broker', 'topic', 'partition', 'groupId'].flatMap((name) => (name in log ? [`${name} ${String(log[name])}`] : []))
  const error = typeof log.error === 'string' && log.error !== log.message ? [log.error] : []
  return [`${namespace}: ${log.message}`, ...error, ...about].join(', ')
}
