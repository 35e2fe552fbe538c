import type { Range } from '../../http/range.ts'

export type AskedFor = { kind: 'chain'; id: string } | { kind: 'run'; id: string } | ({ kind: 'period' } & Range)

/** Who takes an export, and what of it is theirs to have. */
export type Requester = {
  tenant: string
  name: string
  subject: string
  /** Is what was said in it? */
  hasContent: boolean
  /** Are secrets in it as they were recorded? */
  isRevealed: boolean
  /** Is it theirs to know who viewed what? */
  hasAudit: boolean
}

/**
 * What an export is of. Its population is everything in the span, its members are what was asked for. In a period every one of the
 * population is a member, and nothing is listed here.
 */
export type Scope = {
  askedFor: AskedFor
  /** `[from, to)`. */
  span: Range
  /** Null: all of the span. */
  members: Members | null
}

export type Members = {
  runs: ReadonlySet<string>
  sessions: ReadonlySet<string>
  /** `STREAM#SEQ` of refused attempts. */
  refusals: ReadonlySet<string>
  chains: readonly string[]
}

export function refusalKey(sessionId: string, seq: number): string {
  return `${sessionId}#${seq}`
}

/** Name of the folder in the archive, and of the archive itself. */
export function folderOf(askedFor: AskedFor): string {
  if (askedFor.kind !== 'period') return `hoptrace-${askedFor.kind}-${askedFor.id}`
  return `hoptrace-period-${stamp(askedFor.fromUs)}-${stamp(askedFor.toUs)}`
}

// ISO 8601, basic format; milliseconds where there are some.
function stamp(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString().replaceAll(/[-:]/g, '').replace('.000Z', 'Z')
}
