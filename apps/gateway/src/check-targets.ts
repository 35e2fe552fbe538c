import type { Protocol } from '@hoptrace/events'
import type { Target } from './access/target.ts'
import { resolveSecret, TargetSecretError } from './access/target-secret.ts'
import { checkPostgresTarget } from './postgres/index.ts'
import { checkSshTarget } from './ssh/index.ts'

export type TargetResult = { name: string; protocol: Protocol; ok: boolean; problem: string | null }

/** Tries every target with its own credential, and says of each what is wrong. */
export function checkTargets(targets: readonly Target[], env: NodeJS.ProcessEnv): Promise<TargetResult[]> {
  return Promise.all(
    targets.map(async (target) => {
      const { name, protocol } = target
      const outcome = await check(target, env)
      return { name, protocol, ok: outcome.ok, problem: outcome.ok ? null : outcome.problem }
    }),
  )
}

async function check(target: Target, env: NodeJS.ProcessEnv): Promise<{ ok: true } | { ok: false; problem: string }> {
  try {
    if (target.protocol === 'postgres') return await checkPostgresTarget(target, resolveSecret(target.password, env))
    return await checkSshTarget(target, (source) => resolveSecret(source, env))
  } catch (error) {
    if (error instanceof TargetSecretError) return { ok: false, problem: error.message }
    throw error
  }
}
