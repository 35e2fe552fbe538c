import type { Algorithms } from 'ssh2'

// AES-GCM first: it is what OpenSSL and both ends do fastest, and it needs no MAC of its own.
const GCM = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'] as const
const CTR = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr'] as const
const HMAC = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'] as const

/** What the gateway offers to callers and targets. No compression: it would hide the length of nothing and cost the event loop. */
export const ALGORITHMS: Algorithms = { cipher: [...GCM, ...CTR], hmac: [...HMAC], compress: ['none'] }

/** For callers that are known to have AES-GCM: the client's own order decides, and OpenSSH would rather use slower ciphers. */
export const FAST_CIPHERS: readonly string[] = GCM

/** OpenSSH has had AES-GCM since 6.2 (2013). */
export function hasFastCipher(software: string): boolean {
  return /^OpenSSH_(?:[7-9]|\d{2})/.test(software)
}
