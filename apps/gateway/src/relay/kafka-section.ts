import { readFileSync } from 'node:fs'
import type { KafkaSettings } from '@hoptrace/bus'
import { z } from 'zod'
import { SecretSource } from '../access/target.ts'
import { resolveSecret } from '../access/target-secret.ts'

const HOUR_MS = 3_600_000

/** `kafka:` of hoptrace.yaml. Without it nothing is published: the platform reads the spool itself. */
export const KafkaSection = z.strictObject({
  /** Brokers to begin with. */
  brokers: z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port')).min(1),
  /** Names this gateway in the brokers' logs and quotas; its id when it is not given. */
  clientId: z.string().min(1).max(128).optional(),
  /** PEM files. Empty: TLS with the system's authorities. */
  tls: z
    .strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), { error: 'cert and key go together' })
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      password: SecretSource,
    })
    .optional(),
  /** With which topics are created where they are missing. */
  topics: z
    .strictObject({
      partitions: z.int().min(1).max(10_000).default(12),
      replication: z.int().min(1).max(9).default(3),
      retentionHours: z.int().min(1).default(168),
    })
    .prefault({}),
})
export type KafkaSection = z.infer<typeof KafkaSection>

/** Paths of files in the section, made absolute. */
export function withAbsoluteFiles(section: KafkaSection, absolute: (path: string) => string): KafkaSection {
  const { tls, sasl, ...rest } = section
  const files = Object.fromEntries(Object.entries(tls ?? {}).map(([name, path]) => [name, absolute(path)]))
  const password = sasl && ('file' in sasl.password ? { file: absolute(sasl.password.file) } : sasl.password)
  return { ...rest, ...(tls ? { tls: files } : {}), ...(sasl && password ? { sasl: { ...sasl, password } } : {}) }
}

export class KafkaSectionError extends Error {
  readonly code = 'KAFKA_SECTION_UNUSABLE'
  readonly retryable = false
}

/**
 * Reads what the section only names.
 * @throws KafkaSectionError for a file that cannot be read, TargetSecretError for a password that is nowhere: never with its value
 */
export function kafkaSettingsOf(section: KafkaSection, gatewayId: string, env: NodeJS.ProcessEnv): KafkaSettings {
  const { tls, sasl, topics } = section
  return {
    clientId: section.clientId ?? gatewayId,
    brokers: section.brokers,
    ...(tls ? { tls: Object.fromEntries(Object.entries(tls).map(([name, path]) => [name, pemOf(name, path)])) } : {}),
    ...(sasl ? { sasl: { ...sasl, password: resolveSecret(sasl.password, env) } } : {}),
    topicPartitions: topics.partitions,
    topicReplication: topics.replication,
    topicRetentionMs: topics.retentionHours * HOUR_MS,
  }
}

function pemOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new KafkaSectionError(`kafka.tls.${name}: ${path} cannot be read`)
  }
}
