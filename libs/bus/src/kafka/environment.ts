import { z } from 'zod'

const addresses = z
  .string()
  .transform((list) => list.split(',').map((address) => address.trim()))
  .pipe(z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'wants host:port, separated by commas')).min(1))

const yesOrNo = z.enum(['true', 'false']).transform((word) => word === 'true')

/** What a process must be told to reach Kafka: a zod shape, to be spread into the schema of an app's environment. */
export const KafkaEnvironment = {
  /** Brokers to begin with, `host:port`, separated by commas. */
  KAFKA_BROKERS: addresses,
  /** TLS to the brokers. On as soon as one of the files below is named. */
  KAFKA_SSL: yesOrNo.optional(),
  /** PEM files: authorities to trust beside or instead of the system's; a client certificate and its key. */
  KAFKA_SSL_CA_FILE: z.string().min(1).optional(),
  KAFKA_SSL_CERT_FILE: z.string().min(1).optional(),
  KAFKA_SSL_KEY_FILE: z.string().min(1).optional(),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().min(1).optional(),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional(),
  /** Silence after which a consumer's partitions go to others, within what the brokers allow. */
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1000).max(300_000).default(30_000),
  /** Partitions of the topics of events: how far their consumers scale. Must not change while a topic holds sessions. */
  HOPTRACE_TOPIC_PARTITIONS: z.coerce.number().int().min(1).max(10_000).default(12),
  /** Copies of every topic. 1 for a single broker, and then a lost disk loses what was on the bus. */
  HOPTRACE_TOPIC_REPLICATION: z.coerce.number().int().min(1).max(9).default(3),
  /** How long the bus keeps events that were stored already, or could not be. */
  HOPTRACE_TOPIC_RETENTION_HOURS: z.coerce.number().int().min(1).default(168),
}

export type KafkaEnvironment = z.output<z.ZodObject<typeof KafkaEnvironment>>
