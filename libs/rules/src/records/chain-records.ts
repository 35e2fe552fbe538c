import type { ChainFacts } from '../facts/facts.ts'
import { type AlertPolicy, defaultAlertPolicy } from '../policy/alert-policy.ts'
import type { RuleRecord } from '../record.ts'
import { chainRef, hopRef } from '../refs.ts'
import { type Boundary, boundariesOf, isForbidden } from './boundaries.ts'
import { ChainSummary } from './chain-summary.ts'
import { type Evasion, evasionsOf } from './evasion.ts'
import { type Link, linksOf } from './order.ts'
import { protocolPathsOf } from './paths.ts'

const HOP = { product: 'hoptrace', category: 'hop' }
export const HOP_CHAIN = { product: 'hoptrace', category: 'hop_chain' }

/** What rules see of a chain: its hops in the order in which they came to be, then the chain itself. */
export function recordsOfChain(chain: ChainFacts, policy: AlertPolicy = defaultAlertPolicy): RuleRecord[] {
  const steps = [...stepsOfChain(chain, policy)]
  const whole = steps.at(-1)?.chain()
  return [...steps.map(({ hop }) => hop), ...(whole ? [whole] : [])]
}

/** A hop, and the chain as it stood with it. */
export type ChainStep = {
  link: Link
  boundaries: readonly Boundary[]
  hop: RuleRecord
  /** Made when asked; its lists grow with the steps after it. */
  chain: () => RuleRecord
}

/** A chain hop by hop, as it came to be: what held once is told, whatever comes later. */
export function* stepsOfChain(chain: ChainFacts, { aliases }: AlertPolicy): Generator<ChainStep> {
  const paths = protocolPathsOf(chain)
  const evasions = evasionsOf(chain, aliases)
  const summary = new ChainSummary(chain, paths, evasions)
  const { id, title, delegation } = chain
  const crossed = new Map<string, readonly Boundary[]>()
  for (const link of linksOf(chain)) {
    const { hop, to } = link
    const evasion = evasions.get(to.id)
    const boundaries = boundariesOf(link, evasion !== undefined)
    summary.add(link, boundaries)
    const pathBoundaries = [...new Set([...(crossed.get(hop.from) ?? []), ...boundaries])]
    crossed.set(hop.to, pathBoundaries)
    const whole = { id, title, delegation, ...summary.reached }
    const fields = { ...hopFields(link, evasion), chain: whole, protocolPath: paths.get(to.id) ?? '', boundaries, pathBoundaries }
    yield {
      link,
      boundaries,
      hop: { ref: hopRef(hop.id), tsUs: hop.toAt.tsUs, source: HOP, fields },
      chain: () => ({ ref: chainRef(id), tsUs: hop.toAt.tsUs, source: HOP_CHAIN, fields: summary.fields() }),
    }
  }
}

function hopFields({ hop, from, to }: Link, evasion: Evasion | undefined) {
  return {
    ...hop,
    from,
    to,
    depth: to.depth,
    isForbidden: isForbidden(to.denyReason),
    isEvasion: evasion !== undefined,
    isEvasionByOther: evasion?.isByOther ?? false,
    isSameTarget: from.target === to.target,
    isSameRun: from.run !== null && from.run === to.run,
    isSamePrincipal: from.principal !== null && from.principal === to.principal,
  }
}
