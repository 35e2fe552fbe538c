import { z } from 'zod'
import { timespanUs } from '../correlation/timespan.ts'

const Text = (max: number) => z.string().max(max)
const Uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a UUID')
/** With slashes as before version 2 of the specification: many public rules still are. */
const Day = z.string().regex(/^\d{4}([-/])\d{2}\1\d{2}$/, 'must be YYYY-MM-DD')
const Texts = z.array(Text(1024)).max(256)

export const Level = z.enum(['informational', 'low', 'medium', 'high', 'critical'])
export type Level = z.infer<typeof Level>

/**
 * Who is told: a person at once, whoever looks at the queue, or nobody. Not a part of Sigma: a field of Hoptrace's own,
 * which Sigma allows.
 */
export const Response = z.enum(['page', 'queue', 'log'])
export type Response = z.infer<typeof Response>

const about = {
  title: Text(256).min(1),
  id: Uuid.optional(),
  /** By which correlations refer to it. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,255}$/, 'must be letters, digits, "_", "-" and "."')
    .optional(),
  related: z
    .array(z.looseObject({ id: Uuid, type: z.enum(['derived', 'obsolete', 'merged', 'renamed', 'similar', 'correlation']) }))
    .optional(),
  taxonomy: z.literal('sigma', 'only the taxonomy "sigma" is supported').optional(),
  status: z.enum(['stable', 'test', 'experimental', 'deprecated', 'unsupported']).optional(),
  description: Text(65_535).optional(),
  license: Text(256).optional(),
  author: Text(1024).optional(),
  references: Texts.optional(),
  date: Day.optional(),
  modified: Day.optional(),
  fields: Texts.optional(),
  falsepositives: Texts.optional(),
  level: Level.optional(),
  /** `attack.t1021.004`, `attack.lateral-movement`. */
  tags: Texts.optional(),
  response: Response.optional(),
}

const Source = Text(128).optional()

const Search = z.union([z.string(), z.number(), z.array(z.unknown()), z.record(z.string(), z.unknown())])

/** A detection rule as it stands in its file (Sigma rules specification 2.1). Fields of others' own are kept. */
export const DetectionDocument = z.looseObject({
  ...about,
  logsource: z.looseObject({ category: Source, product: Source, service: Source, definition: Text(65_535).optional() }),
  detection: z
    .object({ condition: z.union([z.string(), z.array(z.string()).min(1).max(64)]) })
    .catchall(Search)
    .refine((detection) => Object.keys(detection).length > 1, 'names no search'),
})
export type DetectionDocument = z.infer<typeof DetectionDocument>

const Count = z.int().nonnegative().optional()

/** What a correlation's count must be; all of them. */
export const CountCondition = z
  .strictObject({ gt: Count, gte: Count, lt: Count, lte: Count, eq: Count, neq: Count, field: Text(512).optional() })
  .refine(({ field: _, ...bounds }) => Object.values(bounds).some((bound) => bound !== undefined), 'states no bound')
export type CountCondition = z.infer<typeof CountCondition>

/** Each event is judged with all that lie within a timespan of it, hour by hour. In microseconds. */
const LONGEST_US = timespanUs('31d')

const Correlation = z
  .strictObject({
    type: z.enum(['event_count', 'value_count', 'temporal', 'temporal_ordered']),
    /** Names or ids of rules, or of other correlations. */
    rules: z.array(Text(256)).min(1).max(64),
    'group-by': z.array(Text(512)).max(16).default([]),
    timespan: z
      .string()
      .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a number and s, m, h or d, such as 15m')
      .refine((text) => timespanUs(text) <= LONGEST_US, 'must be 31d at most'),
    condition: CountCondition.optional(),
    /** Name, then rule → its field. */
    aliases: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    /** Do the rules that it refers to tell of themselves, too? */
    generate: z.boolean().optional(),
  })
  .superRefine(({ type, condition }, context) => {
    const path = ['condition']
    const isCount = type === 'event_count' || type === 'value_count'
    if (isCount && !condition) context.addIssue({ code: 'custom', path, message: `${type} needs a condition` })
    if (type === 'value_count' && condition && condition.field === undefined) {
      context.addIssue({ code: 'custom', path, message: 'value_count needs the field whose values it counts' })
    }
  })

/** A correlation as it stands in its file (Sigma correlation rules specification 2.1). */
export const CorrelationDocument = z.looseObject({ ...about, correlation: Correlation, generate: z.boolean().optional() })
export type CorrelationDocument = z.infer<typeof CorrelationDocument>
