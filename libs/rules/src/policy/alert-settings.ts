import { z } from 'zod'
import { AlertPolicy } from './alert-policy.ts'

/** Where a secret is: a variable of the environment, or a file. It is never written beside it. */
const SecretSource = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ file: z.string().min(1) }),
])
export type SecretSource = z.infer<typeof SecretSource>

const Destination = z
  .strictObject({
    /** By which it is told apart in the history of alerts. */
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and "-"'),
    kind: z.enum(['webhook', 'slack']).default('webhook'),
    /** Addresses that let in whoever knows them, such as Slack's, are secrets. */
    url: z.union([z.url({ protocol: /^https?$/ }), SecretSource]),
    /** Webhooks are signed with it. */
    secret: SecretSource.optional(),
    /** The least urgent response that it is told of. */
    from: z.enum(['page', 'queue']).default('page'),
    /** May it be on this machine or in a private network? Then plain http will do, too. */
    allowPrivateAddresses: z.boolean().default(false),
    /** Whose alerts; absent: every tenant's. */
    tenants: z.array(z.string().min(1).max(256)).min(1).optional(),
  })
  .refine(({ kind, secret }) => kind !== 'webhook' || secret !== undefined, {
    path: ['secret'],
    message: 'webhooks are signed: name a secret',
  })
export type DestinationSetting = z.infer<typeof Destination>

/** The section `alerts` of the configuration: the policy, and who is told. */
export const AlertSettings = AlertPolicy.safeExtend({
  destinations: z
    .array(Destination)
    .max(32)
    .default([])
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two destinations have one name'),
})
export type AlertSettings = z.infer<typeof AlertSettings>

/** The policy alone. */
export function policyIn({ destinations: _, ...policy }: AlertSettings): AlertPolicy {
  return policy
}
