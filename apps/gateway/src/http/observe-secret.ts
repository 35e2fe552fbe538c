import { type ObservableRole, type Observer, scanText } from '@hoptrace/events'

/** A secret that is digested and never recorded: the whole as a credential and, where it holds a key, that key by its fingerprint. */
export function observeSecret(observer: Observer, secret: string, role: ObservableRole): void {
  observer.add({ kind: 'credential', canonical: secret, offset: 0 }, role, '')
  if (!secret.includes('-----BEGIN ')) return
  for (const value of scanText(secret)) if (value.kind === 'key') observer.add({ ...value, offset: 0 }, role, '')
}
