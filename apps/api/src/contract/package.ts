import { Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { Reveal } from './masked.ts'
import { InstantInput } from './primitives.ts'

export const ChainId = z.string().regex(/^[0-9a-f]{32}$/)

/**
 * What an archive of evidence is of: a hop chain, a run with the runs that it started, or a period `[from, to)`. One of the three.
 * Beside what is asked for stands the population that it is drawn from: everything of the same span.
 */
export const PackageQuery = z
  .object({
    chain: ChainId.optional(),
    run: Uuid.optional(),
    from: InstantInput.optional(),
    to: InstantInput.optional(),
    /** `1`: who did what, when and how it went, and nothing that was said. Without the right content there is no other. */
    metadata: z.literal('1').optional(),
    reveal: Reveal,
    format: z.enum(['tar.gz', 'tar']).default('tar.gz'),
  })
  .refine(
    ({ chain, run, from, to }) => [chain, run, from ?? to].filter((named) => named !== undefined).length === 1 && !from === !to,
    'name a chain, a run, or a period with from and to',
  )
  .refine(({ from, to }) => !from || !to || Date.parse(from) < Date.parse(to), 'the period ends before it begins')
  .refine(({ metadata, reveal }) => !metadata || !reveal, 'metadata alone holds no secrets to reveal')
export type PackageQuery = z.infer<typeof PackageQuery>

/** A chain's report: one page of HTML that needs nothing else. */
export const ReportQuery = z.object({ metadata: z.literal('1').optional(), reveal: Reveal })
export type ReportQuery = z.infer<typeof ReportQuery>
