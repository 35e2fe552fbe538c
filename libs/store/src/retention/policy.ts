import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Days = z.int().min(1).max(36_500)
const Tenants = z.record(z.string().min(1), z.union([Days, z.literal('keep')]))

/** For how many days each tenant's sessions are kept; `*` stands for tenants that are not named. Who is not there keeps all. */
export type RetentionPolicy = Readonly<z.infer<typeof Tenants>>

/** The retention that is configured cannot be read. Names what is wrong, never a value. */
export class RetentionError extends Error {
  readonly code = 'BAD_RETENTION'
  readonly retryable = false
  constructor(what: string) {
    super(`HOPTRACE_RETENTION: ${what}. Give {"tenant": days}, "keep" for no end, "*" for all others; or the path of such a file`)
  }
}

/** To spread into a process's configuration. */
export const RetentionEnvironment = {
  /** JSON, or the path of a JSON file: tenant → days. Without it everything is kept. */
  HOPTRACE_RETENTION: z.string().min(1).optional(),
} as const

/** @throws RetentionError */
export function retentionPolicyOf({ HOPTRACE_RETENTION: setting }: { HOPTRACE_RETENTION?: string | undefined }): RetentionPolicy {
  if (setting === undefined) return {}
  const parsed = Tenants.safeParse(jsonOf(setting.trimStart().startsWith('{') ? setting : contentOf(setting)))
  if (parsed.success) return parsed.data
  throw new RetentionError('a tenant has neither a number of days from 1 to 36500 nor "keep"')
}

/** Null: everything is kept. */
export function daysOf(policy: RetentionPolicy, tenant: string): number | null {
  const days = (Object.hasOwn(policy, tenant) ? policy[tenant] : policy['*']) ?? 'keep'
  return days === 'keep' ? null : days
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new RetentionError('the file cannot be read')
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RetentionError('it is no JSON')
  }
}
