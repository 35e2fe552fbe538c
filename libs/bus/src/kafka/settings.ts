import { readFileSync } from 'node:fs'
import type { KafkaEnvironment } from './environment.ts'
import { KafkaConfigError } from './errors.ts'

/** Everything that a process needs to know to use Kafka. */
export type KafkaSettings = {
  /** Names this process in the brokers' logs and quotas. */
  clientId: string
  brokers: readonly string[]
  /** PEM texts; an empty object means TLS with the system's authorities. */
  tls?: { ca?: string; cert?: string; key?: string }
  sasl?: { mechanism: SaslMechanism; username: string; password: string }
  /** Silence after which a consumer's partitions go to others. Default 30 s. */
  sessionTimeoutMs?: number
  topicPartitions: number
  topicReplication: number
  topicRetentionMs: number
}

export type SaslMechanism = NonNullable<KafkaEnvironment['KAFKA_SASL_MECHANISM']>

const HOUR_MS = 60 * 60 * 1000

/** @throws KafkaConfigError naming the setting that is missing or whose file cannot be read, never its value */
export function kafkaSettings(env: KafkaEnvironment, clientId: string): KafkaSettings {
  const tls = tlsOf(env)
  const sasl = saslOf(env)
  return {
    clientId,
    brokers: env.KAFKA_BROKERS,
    ...(tls ? { tls } : {}),
    ...(sasl ? { sasl } : {}),
    sessionTimeoutMs: env.KAFKA_SESSION_TIMEOUT_MS,
    topicPartitions: env.HOPTRACE_TOPIC_PARTITIONS,
    topicReplication: env.HOPTRACE_TOPIC_REPLICATION,
    topicRetentionMs: env.HOPTRACE_TOPIC_RETENTION_HOURS * HOUR_MS,
  }
}

function tlsOf(env: KafkaEnvironment): KafkaSettings['tls'] {
  const { KAFKA_SSL, KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = env
  const namesFile = ca !== undefined || cert !== undefined || key !== undefined
  if (KAFKA_SSL === false && namesFile) throw new KafkaConfigError('KAFKA_SSL', 'is false, but files for TLS are named')
  if (!KAFKA_SSL && !namesFile) return undefined
  if ((cert === undefined) !== (key === undefined)) {
    throw new KafkaConfigError(
      cert === undefined ? 'KAFKA_SSL_CERT_FILE' : 'KAFKA_SSL_KEY_FILE',
      'is missing: a certificate and its key go together',
    )
  }
  return {
    ...(ca === undefined ? {} : { ca: pemOf('KAFKA_SSL_CA_FILE', ca) }),
    ...(cert === undefined ? {} : { cert: pemOf('KAFKA_SSL_CERT_FILE', cert) }),
    ...(key === undefined ? {} : { key: pemOf('KAFKA_SSL_KEY_FILE', key) }),
  }
}

function pemOf(setting: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new KafkaConfigError(setting, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  if (!text.includes('-----BEGIN ')) throw new KafkaConfigError(setting, 'names a file that is no PEM')
  return text
}

function saslOf(env: KafkaEnvironment): KafkaSettings['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env
  if (mechanism === undefined && username === undefined && password === undefined) return undefined
  if (mechanism === undefined) throw new KafkaConfigError('KAFKA_SASL_MECHANISM', 'is missing beside a user name or password')
  if (username === undefined) throw new KafkaConfigError('KAFKA_SASL_USERNAME', 'is missing')
  if (password === undefined) throw new KafkaConfigError('KAFKA_SASL_PASSWORD', 'is missing')
  return { mechanism, username, password }
}
