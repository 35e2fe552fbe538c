import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A secret as two settings: its value, or `…_FILE` with the path of a file that holds it. */
/** @param minLength of one that we make ourselves: 16 */
export function secretSetting<N extends string>(name: N, minLength = 16) {
  return { [name]: z.string().min(minLength).optional(), [`${name}_FILE`]: z.string().min(1).optional() } as Record<
    N | `${N}_FILE`,
    z.ZodOptional<z.ZodString>
  >
}

export class SecretFileError extends Error {
  readonly code = 'SECRET_FILE_UNREADABLE'
  readonly retryable = false
  constructor(readonly setting: string) {
    super(`${setting}: the file cannot be read, or is too short`)
  }
}

/** The secret, whichever way it was given; undefined when it was not. @throws SecretFileError naming the setting, never a path's content */
export function secretOf<N extends string>(
  env: Readonly<Partial<Record<N | `${N}_FILE`, string | undefined>>>,
  name: N,
  minLength = 16,
): string | undefined {
  const file = env[`${name}_FILE`]
  if (file === undefined) return env[name]
  const secret = contentOf(file)
  if (secret === null || secret.length < minLength) throw new SecretFileError(`${name}_FILE`)
  return secret
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
