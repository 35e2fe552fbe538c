import { type Alert, type AlertPolicy, alertsOfChain, alertsOfFindings, type ChainFacts, factsOf, type Rule, ruleId } from '@hoptrace/rules'
import { ChainFactsReader, HopChainAccesses, type Store } from '@hoptrace/store'
import type { AlertResponse } from '../contract/index.ts'
import type { Range } from '../http/range.ts'
import { EventBacktest, type FoundEvent } from './event-backtest.ts'

/** Chains that are looked at; of more, the latest. */
const MAX_CHAINS = 1000
const CHAINS_AT_ONCE = 200

export type BacktestOptions = {
  tenant: string
  /** Those that are tried. */
  rules: readonly Rule[]
  /** Those that they may refer to. */
  beside: readonly Rule[]
  /** What they would be switched to; null: as they say. */
  response: AlertResponse | null
  policy: AlertPolicy
  range: Range
}

export type Backtested = { alerts: Alert[]; looked: { chains: number; hops: number; events: number }; isTruncated: boolean }

/**
 * What rules would have raised over what is stored: chains as they are linked now, baselines as they were on each day. Nothing is
 * stored. Bounded: 1,000 chains and 50,000 events. Correlations over events run through the range at one go.
 */
export async function backtest(store: Store, options: BacktestOptions): Promise<Backtested> {
  const { tenant, policy, range } = options
  const rules = switched([...options.rules, ...referredBy(options.rules, options.beside)], options)
  const events = new EventBacktest(store, policy, rules)
  await events.run(tenant, range)
  const { chains, isTruncated } = await chainsIn(store, options)
  const accessOf = await accessesOf(store, tenant, events.found)
  const alerts: Alert[] = []
  for (const chain of chains) {
    const found = events.found.flatMap((each) => {
      const at = accessOf.get(each)
      return at?.chain === chain.id ? [{ finding: each.finding, record: each.record, access: at.access }] : []
    })
    alerts.push(...alertsOfChain(chain, rules, policy, found))
  }
  const alone = events.found.filter((each) => !accessOf.has(each))
  alerts.push(
    ...alertsOfFindings(
      alone.map(({ finding, record }) => ({ finding, record, access: null })),
      policy,
    ),
  ) // prettier-ignore
  const own = new Set(options.rules.map(ruleId))
  const raised = alerts.filter(
    ({ findings, firstUs }) => firstUs >= range.fromUs && firstUs < range.toUs && findings.some(({ rule }) => own.has(rule.id)),
  )
  const hops = chains.reduce((sum, chain) => sum + chain.hops.length, 0)
  return {
    alerts: raised.sort((a, b) => b.firstUs - a.firstUs || (a.id < b.id ? -1 : 1)),
    looked: { chains: chains.length, hops, events: events.looked },
    isTruncated: isTruncated || events.isTruncated,
  }
}

async function chainsIn(store: Store, { tenant, policy, range }: BacktestOptions): Promise<{ chains: ChainFacts[]; isTruncated: boolean }> {
  const reader = new ChainFactsReader(store)
  const ids = await reader.idsInRange(tenant, { ...range, limit: MAX_CHAINS + 1 })
  const looked = ids.slice(0, MAX_CHAINS)
  const chains: ChainFacts[] = []
  for (let from = 0; from < looked.length; from += CHAINS_AT_ONCE) {
    const rows = await reader.find(tenant, looked.slice(from, from + CHAINS_AT_ONCE))
    chains.push(...rows.map((each) => factsOf(each, policy)))
  }
  return { chains, isTruncated: ids.length > MAX_CHAINS }
}

/** The access of a chain that each finding stands in: a use or a refusal of its own, or the session. */
async function accessesOf(store: Store, tenant: string, found: readonly FoundEvent[]) {
  const idsOf = ({ session, seq }: FoundEvent) => [`${session}.${seq}`, session]
  const rows = await new HopChainAccesses(store).findByAccesses(tenant, [...new Set(found.flatMap(idsOf))])
  const chains = new Map(rows.flatMap(({ accessId, chainId, isDeleted }) => (isDeleted ? [] : [[accessId, chainId] as const])))
  const stood = new Map<FoundEvent, { access: string; chain: string }>()
  for (const each of found) {
    const access = idsOf(each).find((id) => chains.has(id))
    const chain = access === undefined ? undefined : chains.get(access)
    if (access !== undefined && chain !== undefined) stood.set(each, { access, chain })
  }
  return stood
}

/** Rules beside these that correlations among them refer to, by name or id, and so on. */
function referredBy(rules: readonly Rule[], beside: readonly Rule[]): Rule[] {
  const found = new Set<Rule>()
  let asked: readonly Rule[] = rules
  while (asked.length > 0) {
    const names = new Set(asked.flatMap((rule) => (rule.kind === 'correlation' ? rule.document.correlation.rules : [])))
    asked = beside.filter((rule) => !found.has(rule) && (names.has(rule.id ?? '') || names.has(rule.name ?? '')))
    for (const rule of asked) found.add(rule)
  }
  return [...found]
}

function switched(rules: readonly Rule[], { response, rules: own }: BacktestOptions): Rule[] {
  if (response === null) return [...rules]
  const mine = new Set(own.map(ruleId))
  return rules.map((rule) => {
    if (!mine.has(ruleId(rule))) return rule
    if (rule.kind === 'detection') return { ...rule, document: { ...rule.document, response } }
    return { ...rule, document: { ...rule.document, response } }
  })
}
