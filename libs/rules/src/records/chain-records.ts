import type { ChainFacts } from '../facts/facts.ts'
import type { RuleRecord } from '../record.ts'

/** What rules see of a chain: its hops in their order, then the chain itself. */
export function recordsOfChain(_chain: ChainFacts): RuleRecord[] {
  return []
}
