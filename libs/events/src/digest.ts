import { createHmac } from 'node:crypto'
import type { Observable, ObservableKind, ObservableRole } from './observable.ts'

/** Key of a tenant's digests. `id` travels with every observable; the secret never leaves the gateway and the api. */
export type DigestKey = { id: string; secret: Buffer }

const SECRET_KINDS: ReadonlySet<ObservableKind> = new Set(['credential', 'key'])

/** HMAC-SHA-256 of `kind NUL canonical form`, its first 128 bits in hex. */
export function digestValue(key: DigestKey, kind: ObservableKind, canonical: string): string {
  return createHmac('sha256', key.secret).update(`${kind}\0${canonical}`).digest('hex').slice(0, 32)
}

/** An observable of a value in canonical form. Values of secret kinds are digested only. */
export function observe(
  key: DigestKey,
  value: { kind: ObservableKind; canonical: string; role: ObservableRole; at: string; offset?: number },
): Observable {
  const { kind, canonical, role, at, offset } = value
  return {
    kind,
    digest: digestValue(key, kind, canonical),
    keyId: key.id,
    role,
    at,
    ...(offset === undefined ? {} : { offset }),
    ...(SECRET_KINDS.has(kind) || canonical.length > 512 ? {} : { value: canonical }),
  }
}
