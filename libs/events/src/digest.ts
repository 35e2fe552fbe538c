import { hash } from 'node:crypto'
import type { Observable, ObservableKind, ObservableRole } from './observable.ts'

/** Key of a tenant's digests. `id` travels with every observable; the secret never leaves the gateway and the api. */
export type DigestKey = { id: string; secret: Buffer }

/** The key that these 32 bytes in hex are, with the id that tells nothing of it; null for anything else: a short key could be guessed. */
export function digestKeyOfHex(hex: string): DigestKey | null {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return null
  const secret = Buffer.from(hex, 'hex')
  return { id: hash('sha256', secret).slice(0, 8), secret }
}

const SECRET_KINDS: ReadonlySet<ObservableKind> = new Set(['credential', 'key'])

/** HMAC-SHA-256 of `kind NUL canonical form`, its first 128 bits in hex. */
export function digestValue(key: DigestKey, kind: ObservableKind, canonical: string): string {
  const { pads, known } = keyedOf(key)
  if (SECRET_KINDS.has(kind) || canonical.length > MAX_KEPT_LENGTH) return digested(pads, kind, canonical)
  const id = `${kind}\0${canonical}`
  const kept = known.get(id)
  if (kept !== undefined) return kept
  const digest = digested(pads, kind, canonical)
  if (known.size >= MAX_KEPT) known.clear()
  known.set(id, digest)
  return digest
}

function digested({ inner, outer }: Pads, kind: ObservableKind, canonical: string): string {
  const message = Buffer.concat([inner, Buffer.from(`${kind}\0${canonical}`, 'utf8')])
  return hash('sha256', Buffer.concat([outer, hash('sha256', message, 'buffer')])).slice(0, 32)
}

type Pads = { inner: Buffer; outer: Buffer }
/** Digests of what is no secret are kept: the same hosts stand in most of what one session is answered. */
type Keyed = { pads: Pads; known: Map<string, string> }
const keyed = new WeakMap<Buffer, Keyed>()
const MAX_KEPT = 4096
const MAX_KEPT_LENGTH = 256
const BLOCK_BYTES = 64

// RFC 2104, 2. Two digests at one go each take half the time of a keyed one, and one event holds many.
function keyedOf({ secret }: DigestKey): Keyed {
  const known = keyed.get(secret)
  if (known) return known
  const key = Buffer.alloc(BLOCK_BYTES)
  key.set(secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret)
  const pads = { inner: Buffer.from(key.map((byte) => byte ^ 0x36)), outer: Buffer.from(key.map((byte) => byte ^ 0x5c)) }
  const made = { pads, known: new Map<string, string>() }
  keyed.set(secret, made)
  return made
}

/** An observable of a value in canonical form. Values of secret kinds are digested only. */
export function observe(
  key: DigestKey,
  value: { kind: ObservableKind; canonical: string; role: ObservableRole; at: string; offset?: number },
): Observable {
  const { kind, canonical, role, at, offset } = value
  // Members stand in the order of the canonical form, which then costs nothing to make.
  return {
    at,
    digest: digestValue(key, kind, canonical),
    keyId: key.id,
    kind,
    ...(offset === undefined ? {} : { offset }),
    role,
    ...(SECRET_KINDS.has(kind) || canonical.length > 512 ? {} : { value: canonical }),
  }
}
