import { z } from 'zod'

/** CloudEvents 1.0 in binary mode over Kafka: for routing and filtering. Nothing that is stored is taken from them. */
export const EventHeaders = z.object({
  ce_specversion: z.literal('1.0').optional(),
  ce_id: z.string().optional(),
  ce_source: z.string().optional(),
  ce_type: z.string().optional(),
  ce_time: z.iso.datetime().optional(),
  'content-type': z.string().optional(),
})
