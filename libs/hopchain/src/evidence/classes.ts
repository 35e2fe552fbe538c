import { sameRoot, timing } from './context.ts'
import { credentialFlow } from './credential-flow.ts'
import { delegation } from './delegation.ts'
import type { EvidenceClass } from './evidence.ts'
import { origin } from './origin.ts'
import { pivotCommand } from './pivot-command.ts'
import { targetFlow } from './target-flow.ts'
import { traceId } from './trace-id.ts'

/** The classes that are built, strongest first: between equal scores the earlier one names the hop. */
export const evidenceClasses: readonly EvidenceClass[] = [
  credentialFlow,
  delegation,
  targetFlow,
  origin,
  pivotCommand,
  traceId,
  timing,
  sameRoot,
]
