import type { Protocol } from '@hoptrace/events'
import type { SecretSource, Target } from '../access/target.ts'
import { resolveSecret, TargetSecretError } from '../access/target-secret.ts'
import { checkPostgresTarget } from '../postgres/index.ts'
import { checkSshTarget } from '../ssh/index.ts'
import { checkHttpTarget } from './check-http-target.ts'
import { checkKubernetesTarget } from './check-kubernetes-target.ts'
import type { TargetCheck } from './target-check.ts'

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

async function check(target: Target, env: NodeJS.ProcessEnv): Promise<TargetCheck> {
  const secretOf = (source: SecretSource) => resolveSecret(source, env)
  try {
    switch (target.protocol) {
      case 'postgres':
        return await checkPostgresTarget(target, secretOf(target.password))
      case 'ssh':
        return await checkSshTarget(target, secretOf)
      case 'http':
        return await checkHttpTarget(target, secretOf)
      case 'kubernetes':
        return await checkKubernetesTarget(target, secretOf)
    }
  } catch (error) {
    if (error instanceof TargetSecretError) return { ok: false, problem: error.message }
    throw error
  }
}
