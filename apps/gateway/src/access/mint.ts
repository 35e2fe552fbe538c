import { AgentRef, type Grant, Grant as GrantSchema, Name } from '@hoptrace/events'
import { z } from 'zod'
import type { Run } from './run-log.ts'

export const MintRequest = z.strictObject({
  principal: Name,
  agent: AgentRef.nullish(),
  task: z.string().max(4096).default(''),
  /** Whom to call about this run. A child's is its parent's unless it says so. */
  owner: z.string().max(128).nullish(),
  grants: z.array(GrantSchema).max(256),
  ttlSeconds: z
    .int()
    .positive()
    .max(30 * 86_400),
  /** `ssh-ed25519 AAAA…`: a key that proves this run as its token does. */
  sshPublicKey: z.string().max(4096).nullish(),
})
export type MintRequest = z.infer<typeof MintRequest>

export type MintRefusal = 'grant-not-held' | 'outlives-parent'

/** Who mints: an operator (a root run) or a run (a child). */
export type Minter = { kind: 'operator'; name: string } | { kind: 'run'; run: Run }

export type Minted = { kind: 'run'; run: Run } | { kind: 'refused'; reason: MintRefusal; message: string }

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
    if (missing) return refused('grant-not-held', `the minting run has no grant for ${missing.target} over ${missing.protocol}`)
    if (expiresUs > Number(parent.expiresAt)) return refused('outlives-parent', 'a child run cannot outlive the run that minted it')
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

function refused(reason: MintRefusal, message: string): Minted {
  return { kind: 'refused', reason, message }
}

/** Does holding `held` allow `asked`? */
export function covers(held: Grant, asked: Grant): boolean {
  return held.target === asked.target && held.protocol === asked.protocol && (held.forward === true || asked.forward !== true)
}
