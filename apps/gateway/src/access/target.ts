import { Name } from '@hoptrace/events'
import { z } from 'zod'

/** Where a secret comes from: named in hoptrace.yaml, never written there. Exactly one member. */
export const SecretSource = z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })])
export type SecretSource = z.infer<typeof SecretSource>

const HostPort = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be host:port')

const base = {
  name: Name,
  /** Other names that callers and recorded answers know this target by: `bastion.internal`. */
  aliases: z.array(z.string()).default([]),
  address: HostPort,
  account: z.string().min(1),
  durability: z.enum(['default', 'strict', 'best-effort']).default('default'),
}

export const PostgresTarget = z.strictObject({
  ...base,
  protocol: z.literal('postgres'),
  /** Database when the caller names none. */
  database: z.string().min(1),
  password: SecretSource,
  tls: z.enum(['disable', 'require', 'verify']).default('disable'),
  /** PEM file of the authority that `verify` trusts. */
  ca: z.string().optional(),
})
export type PostgresTarget = z.infer<typeof PostgresTarget>

export const SshTarget = z.strictObject({
  ...base,
  protocol: z.literal('ssh'),
  password: SecretSource.optional(),
  /** Private key, OpenSSH or PEM. */
  privateKey: SecretSource.optional(),
  /** Pinned host keys as `ssh-keygen -l` prints them, `SHA256:…`. Any one of them may answer. */
  hostKeys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)).min(1),
})
export type SshTarget = z.infer<typeof SshTarget>

export const Target = z.discriminatedUnion('protocol', [PostgresTarget, SshTarget])
export type Target = z.infer<typeof Target>
