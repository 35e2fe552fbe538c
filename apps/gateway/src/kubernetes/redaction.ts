import { type IsSecret, type RedactedBody, redactedJson, secretsIn } from '@hoptrace/events'
import { yamlSecrets } from './yaml-secrets.ts'

export { secretsOf } from '@hoptrace/events'

/**
 * A body without the values that are never recorded. `isSecret` follows from the request; a body that holds a Secret
 * where the request does not say so is treated as one all the same.
 * @param text as far as it was sampled
 * @returns null where there is nothing to withhold
 */
export function redacted(text: string, isSecret: IsSecret | null): RedactedBody | null {
  const secrets = secretsIn(text, isSecret)
  if (secrets === null) return null
  return redactedJson(text, secrets, (isUnreadable) => (isUnreadable ? yamlSecrets(text, secrets) : []))
}
