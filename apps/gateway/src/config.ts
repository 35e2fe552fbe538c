import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { Name } from '@hoptrace/events'
import { type TelemetrySettings, telemetrySettings } from '@hoptrace/telemetry'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { Target } from './access/target.ts'
import { doubledNames } from './access/target-directory.ts'
import { withAbsoluteFilesOf } from './access/target-files.ts'
import { digestKeyFrom } from './recording/digest-key.ts'
import { KafkaSection, withAbsoluteFiles } from './relay/kafka-section.ts'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')

/** PEM files. */
const Certificate = z.strictObject({ cert: z.string(), key: z.string() })

const TlsName = z.union([z.ipv4(), z.ipv6(), z.hostname()], { error: 'must be a host name or an address' })

/** Events that the platform makes carry these: an import, and who viewed what. */
const RESERVED_IDS = ['import', 'api']

const GIB = 1024 ** 3
/** A spool that its readers keep up with still holds a few. */
const MIN_SEGMENTS = 8

/** Who writes the runs of all gateways, and how the others reach it. */
const RunsSection = z
  .strictObject({
    role: z.enum(['writer', 'reader']).default('writer'),
    /** Control endpoint of the gateway that writes the runs. */
    writerUrl: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ role, writerUrl }) => (role === 'reader') === (writerUrl !== undefined), {
    path: ['writerUrl'],
    error: 'a reader needs the address of the writer, and a writer has none',
  })
  .prefault({})

const GatewaySection = z
  .strictObject({
    id: Name.refine((id) => !RESERVED_IDS.includes(id), { error: 'import and api stand for what no gateway recorded' }).default('gw-1'),
    postgres: z.strictObject({ listen: Listen, tls: Certificate.optional() }).default({ listen: '127.0.0.1:6432' }),
    ssh: z
      .strictObject({
        listen: Listen,
        /** Private key file; made in the data directory at first start when not named. */
        hostKey: z.string().optional(),
      })
      .default({ listen: '127.0.0.1:6422' }),
    http: z.strictObject({ listen: Listen, tls: Certificate.optional() }).default({ listen: '127.0.0.1:6488' }),
    /** Always over TLS: with this certificate, or one of the gateway's own authority. */
    kubernetes: z
      .strictObject({
        listen: Listen,
        /** `ca`: whom callers trust for it, where it is none of the authorities that they know; it goes into kubeconfigs. */
        tls: Certificate.extend({ ca: z.string().optional() }).optional(),
      })
      .default({ listen: '127.0.0.1:6444' }),
    /** Names and addresses by which callers reach this gateway, for the certificate that it makes. */
    tlsNames: z.array(TlsName).max(100).default([]),
    control: z.strictObject({ listen: Listen }).default({ listen: '127.0.0.1:6470' }),
    heartbeatSeconds: z.number().positive().max(300).default(10),
    segmentBytes: z
      .int()
      .min(64 * 1024)
      .default(64 * 1024 * 1024),
    spool: z
      .strictObject({
        maxBytes: z
          .int()
          .positive()
          .default(20 * GIB),
      })
      .prefault({}),
    runs: RunsSection,
  })
  .refine(({ spool, segmentBytes }) => spool.maxBytes >= MIN_SEGMENTS * segmentBytes, {
    path: ['spool', 'maxBytes'],
    error: `must be at least ${MIN_SEGMENTS} times segmentBytes`,
  })
  .prefault({})

/** What the gateway reads of hoptrace.yaml; other sections are other processes' own. */
const GatewayFile = z
  .object({
    tenant: Name.default('default'),
    dataDir: z.string().default('.hoptrace'),
    gateway: GatewaySection,
    kafka: KafkaSection.optional(),
    targets: z
      .array(Target)
      .default([])
      .refine((targets) => doubledNames(targets).length === 0, { error: 'a name or alias stands for two targets of one protocol' }),
  })
  .refine(({ gateway, kafka }) => gateway.runs.role === 'writer' || kafka !== undefined, {
    path: ['gateway', 'runs', 'role'],
    error: 'a reader hears of runs over Kafka: it needs the section kafka',
  })

export type GatewayConfig = z.infer<typeof GatewayFile> & {
  /** Names of the environment that targets' credentials come from. */
  secrets: NodeJS.ProcessEnv
  /** What several gateways of one tenant share; null where this one makes its own, in its data directory. */
  shared: SharedSecrets
}

/** Of the environment: the key of the tenant's digests, and a token for its operators. */
const SharedSecrets = z
  .object({
    HOPTRACE_DIGEST_KEY: z
      .string()
      .transform((hex) => digestKeyFrom(hex))
      .refine((key) => key !== null, { error: 'must be 32 bytes in hex' })
      .optional(),
    HOPTRACE_OPERATOR_TOKEN: z
      .string()
      .regex(/^\S{32,256}$/, 'must be 32 to 256 characters without spaces')
      .optional(),
  })
  .transform((env) => ({ digestKey: env.HOPTRACE_DIGEST_KEY ?? null, operatorToken: env.HOPTRACE_OPERATOR_TOKEN ?? null }))
type SharedSecrets = z.infer<typeof SharedSecrets>

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'
  readonly retryable = false
}

/**
 * Reads the configuration file that HOPTRACE_CONFIG names (default ./hoptrace.yaml; absent means defaults, no targets).
 * Relative paths in it are relative to it.
 * @throws ConfigError that names every bad setting, never its value
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const path = resolve(env.HOPTRACE_CONFIG ?? 'hoptrace.yaml')
  if (env.HOPTRACE_CONFIG && !existsSync(path)) throw new ConfigError(`HOPTRACE_CONFIG names ${path}, which does not exist`)
  const document: unknown = existsSync(path) ? (readYaml(path) ?? {}) : {}
  const read = GatewayFile.safeParse(document)
  if (!read.success) throw new ConfigError(`${path} cannot be used:\n${problemsOf(read.error)}`)
  const shared = SharedSecrets.safeParse(env)
  if (!shared.success) throw new ConfigError(`the environment cannot be used:\n${problemsOf(shared.error)}`)
  return { ...withAbsolutePaths(read.data, resolve(path, '..')), secrets: env, shared: shared.data }
}

function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`).join('\n')
}

/** Where this process is watched from. @throws TelemetrySettingError that names the setting, never its value */
export function loadTelemetry(env: NodeJS.ProcessEnv = process.env): TelemetrySettings {
  return telemetrySettings(env)
}

// The parser's own message shows the lines around the fault, and a secret may stand there by mistake.
function readYaml(path: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const [fault] = document.errors
  if (!fault) return document.toJS({ maxAliasCount: 100 })
  const { line, col } = lines.linePos(fault.pos[0])
  throw new ConfigError(`${path} is not YAML: ${fault.code} at line ${line}, column ${col}`)
}

function withAbsolutePaths(file: z.infer<typeof GatewayFile>, base: string): z.infer<typeof GatewayFile> {
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(base, path))
  for (const { tls } of [file.gateway.postgres, file.gateway.http, file.gateway.kubernetes]) {
    if (tls) Object.assign(tls, { cert: absolute(tls.cert), key: absolute(tls.key) })
    if (tls && 'ca' in tls && typeof tls.ca === 'string') tls.ca = absolute(tls.ca)
  }
  if (file.gateway.ssh.hostKey) file.gateway.ssh.hostKey = absolute(file.gateway.ssh.hostKey)
  const targets = file.targets.map((target) => withAbsoluteFilesOf(target, absolute))
  const kafka = file.kafka && withAbsoluteFiles(file.kafka, absolute)
  return { ...file, targets, ...(kafka ? { kafka } : {}), dataDir: absolute(file.dataDir) }
}

/** `host:port` of a listener, IPv6 in brackets. */
export function splitHostPort(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}
