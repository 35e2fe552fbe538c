import { z } from 'zod'
import { Masked, Reveal } from './masked.ts'

/** What was asked of one resource, by a verb of Kubernetes or a method of HTTP. */
export const ResourceUse = z.object({
  verb: z.string(),
  count: z.int(),
  failed: z.int(),
})
export type ResourceUse = z.infer<typeof ResourceUse>

const use = {
  requests: z.int(),
  failed: z.int(),
  /** The highest that was answered; null where nothing was. */
  worstStatus: z.int().nullable(),
  firstSeq: z.int(),
  uses: z.array(ResourceUse),
}

/** One object of a Kubernetes API, or a list of them: a leaf of group → resource → namespace → name. */
export const KubernetesResource = z.object({
  kind: z.literal('kubernetes'),
  /** Empty for the core group. */
  group: z.string(),
  /** With its subresource: `pods/exec`. */
  resource: z.string(),
  /** Null: of the cluster, or of all namespaces. */
  namespace: z.string().nullable(),
  /** Null: a list, or a collection. */
  name: z.string().nullable(),
  ...use,
})

/** A path of an HTTP service, without its query. */
export const HttpResource = z.object({ kind: z.literal('http'), path: z.string(), ...use })

export const ResourceItem = z.discriminatedUnion('kind', [KubernetesResource, HttpResource])
export type ResourceItem = z.infer<typeof ResourceItem>

export const ResourcesQuery = z.object({ reveal: Reveal })
export type ResourcesQuery = z.infer<typeof ResourcesQuery>

/**
 * The leaves of the tree of resources that a session touched, in the order of the tree. At most 5,000; more is said as
 * `isTruncated`. Discovery is counted beside it.
 */
export const ResourcesAnswer = z.object({
  items: z.array(ResourceItem),
  isTruncated: z.boolean(),
  discovery: z.int(),
  tools: z.array(z.object({ name: z.string(), count: z.int(), failed: z.int() })),
  masked: Masked,
})
export type ResourcesAnswer = z.infer<typeof ResourcesAnswer>
