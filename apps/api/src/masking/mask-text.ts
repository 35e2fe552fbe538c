import { MARK } from './mask-event.ts'
import { namedSecrets } from './named-secrets.ts'
import { addressSecrets } from './request-secrets.ts'
import { hidden, merged } from './secret-ranges.ts'

/** A sentence about what was recorded, without what is called a secret in it. Names may look like secrets: they stay. */
export function maskText(text: string): string {
  return hidden(text, merged([...namedSecrets(text)]), MARK)
}

/** A path or a URL, also with a method before it, without the secrets in it. */
export function maskAddress(text: string): string {
  return hidden(text, addressSecrets(text), MARK)
}
