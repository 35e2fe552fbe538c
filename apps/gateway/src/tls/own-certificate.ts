import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readOrMakeSecret } from '../access/secret-file.ts'
import { Authority, DAY_MS, type ServerCertificate } from './authority.ts'

export class OwnAuthorityError extends Error {
  readonly code = 'TLS_AUTHORITY_UNUSABLE'
  readonly retryable = false
}

/** A server certificate is made anew when it has less than this left; the authority, when it could not sign such a one. */
const RENEW_WITHIN_MS = 60 * DAY_MS

/**
 * The gateway's own authority, made at first start in the data directory (`tls-authority.pem`: key and certificate, for
 * its owner alone), and made anew in time: callers are given it with each run.
 * @throws OwnAuthorityError for a file that holds none
 */
export async function ownAuthority(dataDir: string, gatewayId: string, nowMs: number): Promise<Authority> {
  const path = join(dataDir, 'tls-authority.pem')
  const kept = existsSync(path) ? await read(path) : null
  if (kept && kept.expiresMs - nowMs > RENEW_WITHIN_MS) return kept
  if (kept) rmSync(path)
  const made = await Authority.make(gatewayId, nowMs)
  readOrMakeSecret(path, () => `${made.key.trimEnd()}\n${made.cert.trimEnd()}`)
  return read(path)
}

/** Is it time for another one? */
export function isDue({ expiresMs }: Pick<ServerCertificate, 'expiresMs'>, nowMs: number): boolean {
  return expiresMs - nowMs < RENEW_WITHIN_MS
}

/** Every name and address of this gateway's certificate. @param listen hosts that it listens at */
export function certificateNames(listen: readonly string[], named: readonly string[]): string[] {
  const anywhere = ['0.0.0.0', '::']
  const names = ['localhost', '127.0.0.1', '::1', ...listen.filter((host) => !anywhere.includes(host)), ...named]
  return [...new Set(names.map((name) => name.toLowerCase().replace(/\.$/, '')))]
}

async function read(path: string): Promise<Authority> {
  try {
    const pem = readFileSync(path, 'utf8')
    const [key, cert] = ['PRIVATE KEY', 'CERTIFICATE'].map((label) => sectionOf(pem, label))
    return await Authority.from({ key: key ?? '', cert: cert ?? '' })
  } catch {
    throw new OwnAuthorityError(`${path} holds no authority; remove it, and a new one is made at the next start`)
  }
}

function sectionOf(pem: string, label: string): string | undefined {
  return new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(pem)?.[0]
}
