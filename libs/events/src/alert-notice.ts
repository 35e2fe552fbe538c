import { z } from 'zod'
import { Name, Protocol, Uuid } from './identifiers.ts'

const Text = (most: number) => z.string().max(most)

/**
 * That there is an alert, for whoever is told of it: the body of a webhook, and a message of the outbox topic. It holds names that were
 * recorded, and none of the values: these stay where rights to see them are asked for.
 */
export const AlertNotice = z.object({
  v: z.literal(1),
  kind: z.literal('alert'),
  tenant: Name,
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Where people look at it; null where nobody said how the workbench is reached. */
  url: z.url().nullable(),
  /** It is told again only when this rises. */
  severity: z.enum(['informational', 'low', 'medium', 'high', 'critical']),
  response: z.enum(['page', 'queue', 'log']),
  sentence: Text(4096),
  principal: Text(256).nullable(),
  rootPrincipal: Text(256).nullable(),
  runs: z.array(Uuid).max(256),
  targets: z.array(Text(256)).max(256),
  protocols: z.array(Protocol).max(16),
  rules: z.array(z.object({ id: Text(256), title: Text(256), tags: z.array(Text(1024)).max(256) })).max(256),
  chainId: z.string().nullable(),
  /** Event time of its first finding, and of its last. */
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** When it was raised first. */
  raisedAt: z.iso.datetime(),
})
export type AlertNotice = z.infer<typeof AlertNotice>
