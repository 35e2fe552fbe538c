import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Name } from '@hoptrace/events'
import { parse } from 'yaml'
import { z } from 'zod'

const Listen = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')

/** What the platform and the command line read of hoptrace.yaml; the gateway reads its own part, and says what is wrong with it. */
const StandaloneFile = z.object({
  tenant: Name.default('default'),
  dataDir: z.string().min(1).default('.hoptrace'),
  gateway: z.object({ control: z.object({ listen: Listen }).default({ listen: '127.0.0.1:6470' }) }).prefault({}),
  api: z.strictObject({ listen: Listen.default('127.0.0.1:6480') }).prefault({}),
})

export type StandaloneConfig = {
  /** The file that was read; null when there is none, and the defaults count. */
  file: string | null
  tenant: string
  dataDir: string
  apiListen: string
  gatewayUrl: string
}

/** The environment that this app reads. */
const Environment = z.object({
  HOPTRACE_CONFIG: z.string().optional(),
  /** Where the command line finds the api. */
  HOPTRACE_URL: z.url().optional(),
  /** A run's token, or an operator's. */
  HOPTRACE_TOKEN: z.string().optional(),
})

export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'
  readonly retryable = false
}

/**
 * Reads hoptrace.yaml. Relative paths in it are relative to it.
 * @param path from `--config`; default HOPTRACE_CONFIG, then ./hoptrace.yaml, which may be absent
 * @throws ConfigError that names every bad setting, never its value
 */
export function loadConfig(path?: string): StandaloneConfig {
  const named = path ?? environment().HOPTRACE_CONFIG
  const file = resolve(named ?? 'hoptrace.yaml')
  if (named !== undefined && !existsSync(file)) throw new ConfigError(`There is no configuration file ${file}`)
  const isThere = existsSync(file)
  const read = StandaloneFile.safeParse(isThere ? documentIn(file) : {})
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new ConfigError(`${file} cannot be used:\n${problems.join('\n')}`)
  }
  const { tenant, dataDir, gateway, api } = read.data
  const gatewayUrl = `http://${gateway.control.listen}`
  return { file: isThere ? file : null, tenant, dataDir: resolve(dirname(file), dataDir), apiListen: api.listen, gatewayUrl }
}

function documentIn(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {}
  } catch {
    // The parser quotes the file, where somebody may have written a secret.
    throw new ConfigError(`${file} is not YAML`)
  }
}

/** @throws ConfigError that names the bad setting */
export function environment(): z.infer<typeof Environment> {
  const read = Environment.safeParse(process.env)
  if (read.success) return read.data
  throw new ConfigError(`${read.error.issues[0]?.path.join('.')}: ${read.error.issues[0]?.message}`)
}

/** The environment of a child process: this one's, and what it is told. */
export function childEnvironment(config: StandaloneConfig): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // The engine's slow queries run on libuv's threads; with the default of four they starve the file system.
    UV_THREADPOOL_SIZE: '16',
    ...(config.file === null ? {} : { HOPTRACE_CONFIG: config.file }),
  }
}

/** `host:port`, IPv6 in brackets. */
export function splitHostPort(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':')
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) }
}
