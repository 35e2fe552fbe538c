import { Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Instant } from './primitives.ts'

/** One message of `/stream` (server-sent events): something changed, fetch again what is on the page. */
export const Tick = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sessions'), at: Instant, sessionIds: z.array(Uuid), isTruncated: z.boolean() }),
  z.object({ kind: z.literal('chains'), at: Instant }),
  z.object({ kind: z.literal('alerts'), at: Instant }),
  z.object({ kind: z.literal('hello'), at: Instant }),
])
export type Tick = z.infer<typeof Tick>
