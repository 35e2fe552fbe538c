import { readFileSync } from 'node:fs'
import type { SecretSource } from './target.ts'

export class TargetSecretError extends Error {
  readonly code = 'TARGET_SECRET_MISSING'
  readonly retryable = false
}

/**
 * Reads a target's credential from where hoptrace.yaml says it is, each time it is needed, so that it can be rotated.
 * @throws TargetSecretError that names the source, never the secret
 */
export function resolveSecret(source: SecretSource, env: NodeJS.ProcessEnv): string {
  if ('env' in source) {
    const value = env[source.env]
    if (!value) throw new TargetSecretError(`the environment has no ${source.env}`)
    return value
  }
  try {
    return readFileSync(source.file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    throw new TargetSecretError(`${source.file} cannot be read`)
  }
}
