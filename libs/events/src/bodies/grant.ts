import { z } from 'zod'
import { Name, Protocol } from '../identifiers.ts'

/** A few patterns, each of which stands for what it matches; absent means everything. */
const Patterns = z.array(z.string().min(1).max(256)).min(1).max(64).optional()

/** Kubernetes only. A request must match each of the three. `*` alone matches everything. */
export const KubernetesScope = z.object({
  /** Names. Where they are stated, what has no namespace is out of reach. */
  namespaces: Patterns,
  /** `pods`, `pods/exec`, `deployments.apps` or `*`. `pods` does not include its subresources; `pods/*` does. */
  resources: Patterns,
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `connect`. */
  verbs: Patterns,
})
export type KubernetesScope = z.infer<typeof KubernetesScope>

/** HTTP only. A request must match both. */
export const HttpScope = z.object({
  /** In upper case. */
  methods: Patterns,
  /** From the root: `*`, once in a segment, stands for it or a part of it, `**` at the end for everything below. `/v1/invoices/**` */
  paths: Patterns,
})
export type HttpScope = z.infer<typeof HttpScope>

export const Grant = z.object({
  target: Name,
  protocol: Protocol,
  /** May tunnels be opened through this target: SSH's `-L` and `-R`, Kubernetes' port-forward? */
  forward: z.boolean().optional(),
  kubernetes: KubernetesScope.optional(),
  http: HttpScope.optional(),
})
export type Grant = z.infer<typeof Grant>
