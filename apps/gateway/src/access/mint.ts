import type { Run } from '@hoptrace/events'
import { AgentRef, coversScope, type Grant, GrantRequest, grantText, Name, printable } from '@hoptrace/events'
import { z } from 'zod'

// Half a surrogate pair has no UTF-8 form: no event could hold it.
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')

/** Each request of the run is held against all of them. */
const MAX_PATTERNS = 1024

export const MintRequest = z.strictObject({
  principal: Name,
  agent: AgentRef.extend({ version: text(64) }).nullish(),
  task: text(4096).default(''),
  /** Whom to call about this run. A child's is its parent's unless it says so. */
  owner: text(128).nullish(),
  grants: z
    .array(GrantRequest)
    .max(256)
    .refine((grants) => patternsOf(grants) <= MAX_PATTERNS, { error: `state at most ${MAX_PATTERNS} patterns in all` }),
  ttlSeconds: z
    .int()
    .positive()
    .max(30 * 86_400),
  /** `ssh-ed25519 AAAA…`: a key that proves this run as its token does. */
  sshPublicKey: z.string().max(4096).nullish(),
})
export type MintRequest = z.infer<typeof MintRequest>

function patternsOf(grants: readonly GrantRequest[]): number {
  const scopes = grants.flatMap(({ kubernetes, http }) => [...Object.values(kubernetes ?? {}), ...Object.values(http ?? {})])
  return scopes.reduce((sum, patterns) => sum + (patterns?.length ?? 0), 0)
}

export type MintRefusal = 'grant-not-held' | 'outlives-parent' | 'too-many-runs' | 'key-in-use'

/** Who mints: an operator (a root run) or a run (a child). */
export type Minter = { kind: 'operator'; name: string } | { kind: 'run'; run: Run }

export type Minted = { kind: 'run'; run: Run } | { kind: 'refused'; reason: MintRefusal; message: string }

/** Every event of a run carries its lineage, and must hold it. */
const MAX_LINEAGE = 32

/**
 * Decides what a mint gives. Lineage and root principal follow from the minter, never from the request; a child has a
 * subset of its parent's grants and no longer life.
 * @param at id for the new run, and the time in microseconds
 */
export function mint(request: MintRequest, minter: Minter, at: { id: string; nowUs: number }): Minted {
  const parent = minter.kind === 'run' ? minter.run : null
  const expiresUs = at.nowUs + request.ttlSeconds * 1_000_000
  if (parent) {
    const missing = request.grants.find((grant) => !parent.grants.some((held) => covers(held, grant)))
    if (missing) return refused('grant-not-held', `the minting run holds nothing that includes ${printable(grantText(missing))}`)
    if (expiresUs > Number(parent.expiresAt)) return refused('outlives-parent', 'a child run cannot outlive the run that minted it')
    if (parent.lineage.length >= MAX_LINEAGE) return refused('too-many-runs', `runs are delegated at most ${MAX_LINEAGE} deep`)
  }
  const run: Run = {
    id: at.id,
    principal: request.principal,
    rootPrincipal: parent?.rootPrincipal ?? request.principal,
    lineage: parent ? [...parent.lineage, parent.id] : [],
    agent: request.agent ?? null,
    task: request.task,
    owner: request.owner ?? parent?.owner ?? (minter.kind === 'operator' ? minter.name : ''),
    grants: request.grants,
    startedAt: String(at.nowUs),
    expiresAt: String(expiresUs),
  }
  return { kind: 'run', run }
}

export function refused(reason: MintRefusal, message: string): Minted {
  return { kind: 'refused', reason, message }
}

/** Does holding `held` allow `asked`? */
export function covers(held: Grant, asked: Grant): boolean {
  if (held.target !== asked.target || held.protocol !== asked.protocol) return false
  return (held.forward === true || asked.forward !== true) && coversScope(held, asked)
}
