import { Name, pathSegments } from '@hoptrace/events'
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

const tlsToTarget = {
  /** PEM file of the authority that `verify` trusts; the system's when it is not named. */
  ca: z.string().optional(),
  /** After so long without a request, a session ends. */
  idleSeconds: z.int().min(1).max(86_400).default(300),
}

/** What the target asks for; with `caller`, whoever calls brings it beside the run token, and the gateway holds none. */
const KubernetesCredential = z.union([
  z.literal('caller'),
  z.strictObject({ token: SecretSource }),
  /** PEM: the certificate's file, and its private key. */
  z.strictObject({ clientCertificate: z.string(), clientKey: SecretSource }),
])

export const KubernetesTarget = z.strictObject({
  ...base,
  ...tlsToTarget,
  protocol: z.literal('kubernetes'),
  tls: z.enum(['require', 'verify']).default('verify'),
  /** The name that the server's certificate must have; the address' when it is not named. */
  serverName: z.string().optional(),
  credential: KubernetesCredential,
})
export type KubernetesTarget = z.infer<typeof KubernetesTarget>

/** Of the connection or of its framing: no credential travels in them. */
const UNUSABLE_HEADERS = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'hoptrace-token']

const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .refine((name) => !UNUSABLE_HEADERS.includes(name), 'carries no credential')

function isBasePath(path: string): boolean {
  const segments = pathSegments(path)
  return segments !== null && `/${segments.join('/')}` === path && !path.endsWith('/') && !path.includes('?')
}

const HttpCredential = z.union([
  z.enum(['none', 'caller']),
  z.strictObject({ bearer: SecretSource }),
  /** As the target's `account`. */
  z.strictObject({ basic: z.strictObject({ password: SecretSource }) }),
  z.strictObject({ header: HeaderName, value: SecretSource }),
])

export const HttpTarget = z.strictObject({
  ...base,
  ...tlsToTarget,
  protocol: z.literal('http'),
  tls: z.enum(['disable', 'require', 'verify']).default('disable'),
  /** Stands before the path of every request; without a slash at its end. */
  basePath: z
    .string()
    .refine((path) => path === '' || isBasePath(path), 'must be like /api, in normal form, without a slash at its end')
    .default(''),
  credential: HttpCredential,
})
export type HttpTarget = z.infer<typeof HttpTarget>

export const Target = z.discriminatedUnion('protocol', [PostgresTarget, SshTarget, KubernetesTarget, HttpTarget])
export type Target = z.infer<typeof Target>
