/** Which Kubernetes resources a pattern of a grant names. */
export type ResourcePattern = {
  resource: string
  /** Empty for the core group. */
  group: string
  /** Null for the resource without its subresources, `*` for it with all of them. */
  subresource: string | null
}

/** `pods`, `pods/exec`, `pods/*`, `deployments.apps/scale`. Null for what is none; `*` alone is the reader's. */
export function resourcePattern(pattern: string): ResourcePattern | null {
  const match = /^([a-z][a-z0-9-]*)(?:\.([a-z0-9][a-z0-9.-]*))?(?:\/([a-z][a-z0-9-]*|\*))?$/.exec(pattern)
  if (!match?.[1]) return null
  return { resource: match[1], group: match[2] ?? '', subresource: match[3] ?? null }
}
