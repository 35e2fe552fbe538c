import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import { linksOf } from './order.ts'

/** Protocols that a path keeps. */
const MAX_STEPS = 32

/** The protocols from the chain's first access to each access, joined by `>`; by id. Its first 32. */
export function protocolPathsOf(chain: ChainFacts): ReadonlyMap<string, string> {
  const paths = new Map<string, { path: string; steps: number }>()
  const links = linksOf(chain).sort((a, b) => a.to.depth - b.to.depth)
  const start = (access: AccessFacts) => ({ path: access.protocol ?? '?', steps: 1 })
  for (const { from, to } of links) {
    const before = paths.get(from.id) ?? start(from)
    paths.set(from.id, before)
    paths.set(to.id, before.steps < MAX_STEPS ? { path: `${before.path}>${to.protocol ?? '?'}`, steps: before.steps + 1 } : before)
  }
  return new Map([...paths].map(([id, { path }]) => [id, path]))
}
