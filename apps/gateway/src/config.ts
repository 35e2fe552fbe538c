import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { Name } from '@hoptrace/events'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { Target } from './access/target.ts'
import { doubledNames } from './access/target-directory.ts'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')

/** Events that the platform makes carry these: an import, and who viewed what. */
const RESERVED_IDS = ['import', 'api']

const GIB = 1024 ** 3
/** A spool that its readers keep up with still holds a few. */
const MIN_SEGMENTS = 8

const GatewaySection = z
  .strictObject({
    id: Name.refine((id) => !RESERVED_IDS.includes(id), { error: 'import and api stand for what no gateway recorded' }).default('gw-1'),
    postgres: z
      .strictObject({ listen: Listen, tls: z.strictObject({ cert: z.string(), key: z.string() }).optional() })
      .default({ listen: '127.0.0.1:6432' }),
    ssh: z
      .strictObject({
        listen: Listen,
        /** Private key file; made in the data directory at first start when not named. */
        hostKey: z.string().optional(),
      })
      .default({ listen: '127.0.0.1:6422' }),
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
  })
  .refine(({ spool, segmentBytes }) => spool.maxBytes >= MIN_SEGMENTS * segmentBytes, {
    path: ['spool', 'maxBytes'],
    error: `must be at least ${MIN_SEGMENTS} times segmentBytes`,
  })
  .prefault({})

/** What the gateway reads of hoptrace.yaml; other sections are other processes' own. */
const GatewayFile = z.object({
  tenant: Name.default('default'),
  dataDir: z.string().default('.hoptrace'),
  gateway: GatewaySection,
  targets: z
    .array(Target)
    .default([])
    .refine((targets) => doubledNames(targets).length === 0, { error: 'a name or alias stands for two targets of one protocol' }),
})

export type GatewayConfig = z.infer<typeof GatewayFile> & {
  /** Names of the environment that targets' credentials come from. */
  secrets: NodeJS.ProcessEnv
}

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
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new ConfigError(`${path} cannot be used:\n${problems.join('\n')}`)
  }
  return { ...withAbsolutePaths(read.data, resolve(path, '..')), secrets: env }
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
  const { tls } = file.gateway.postgres
  if (tls) Object.assign(tls, { cert: absolute(tls.cert), key: absolute(tls.key) })
  if (file.gateway.ssh.hostKey) file.gateway.ssh.hostKey = absolute(file.gateway.ssh.hostKey)
  for (const target of file.targets) {
    if (target.protocol === 'postgres' && target.ca) target.ca = absolute(target.ca)
    for (const source of target.protocol === 'postgres' ? [target.password] : [target.password, target.privateKey]) {
      if (source && 'file' in source) source.file = absolute(source.file)
    }
  }
  return { ...file, dataDir: absolute(file.dataDir) }
}

/** `host:port` of a listener, IPv6 in brackets. */
export function splitHostPort(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}
