import { HopChainAccesses, type HopChainRow, HopChains, type HopRow, Hops, type Store } from '@hoptrace/store'
import { maskText } from '../../../masking/mask-text.ts'
import { instant } from '../../instant.ts'
import { said } from '../population/runs.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const chainColumns = [
  'chain',
  'title',
  'rootPrincipals',
  'principals',
  'protocols',
  'targets',
  'classes',
  'firstAt',
  'lastAt',
  'accesses',
  'refused',
  'hops',
  'maxDepth',
  'score',
  'weakestScore',
] as const
export const accessColumns = [
  'chain',
  'access',
  'kind',
  'depth',
  'session',
  'seq',
  'firstAt',
  'lastAt',
  'isOpen',
  'protocol',
  'target',
  'address',
  'account',
  'run',
  'lineage',
  'principal',
  'rootPrincipal',
  'origin',
  'denyReason',
] as const
export const hopColumns = [
  'chain',
  'hop',
  'fromAccess',
  'toAccess',
  'class',
  'score',
  'sentence',
  'from',
  'to',
  'evidence',
  'alternatives',
] as const

const PAGE = 200

/** The chains of an export, by when they began, the latest first. */
export async function* chainsOf(store: Store, tenant: string, { span, members }: Scope): AsyncGenerator<HopChainRow> {
  const chains = new HopChains(store)
  for (const id of members?.chains ?? []) {
    const found = await chains.find(tenant, id)
    if (found.kind === 'chain') yield found.chain
  }
  if (members !== null) return
  for (let after: { firstTs: number; id: string } | undefined; ; ) {
    const page = await chains.list(tenant, { from: span.fromUs, to: span.toUs, limit: PAGE, ...(after ? { after } : {}) })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { firstTs: last.firstTs, id: last.id }
  }
}

export async function* chainRows(
  store: Store,
  requester: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof chainColumns)[number]>> {
  for await (const chain of chainsOf(store, requester.tenant, scope)) {
    const { rootPrincipals, principals, protocols, targets, classes, accesses, refused, hops, maxDepth } = chain
    yield {
      chain: chain.id,
      // Its title names the value that flowed.
      title: said(chain.title, requester) ?? targets.join(' → '),
      ...{ rootPrincipals, principals, protocols, targets, classes },
      firstAt: instant(String(chain.firstTs)),
      lastAt: instant(String(chain.lastTs)),
      ...{ accesses, refused, hops, maxDepth },
      score: logOdds(chain.score),
      weakestScore: logOdds(chain.weakestScore),
    }
  }
}

export async function* accessRows(
  store: Store,
  requester: Requester,
  scope: Scope,
): AsyncGenerator<TableRow<(typeof accessColumns)[number]>> {
  const accesses = new HopChainAccesses(store)
  for await (const chain of chainsOf(store, requester.tenant, scope)) {
    for (const row of await accesses.findByChain(requester.tenant, chain.id)) {
      const { kind, depth, seq, isOpen, protocol, target, address, account, run, lineage, principal, rootPrincipal, origin, denyReason } =
        row
      yield {
        chain: chain.id,
        access: row.accessId,
        ...{ kind, depth },
        session: row.sessionId,
        seq,
        firstAt: instant(String(row.firstTs)),
        lastAt: instant(String(row.lastTs)),
        ...{ isOpen, protocol, target, address, account, run, lineage, principal, rootPrincipal, origin, denyReason },
      }
    }
  }
}

/** Each hop with every class of evidence and the accesses that came next. */
export async function* hopRows(store: Store, requester: Requester, scope: Scope): AsyncGenerator<TableRow<(typeof hopColumns)[number]>> {
  const hops = new Hops(store)
  for await (const chain of chainsOf(store, requester.tenant, scope)) {
    for (const hop of await hops.findByChain(requester.tenant, chain.id)) yield hopRow(hop, requester)
  }
}

function hopRow(hop: HopRow, requester: Requester): TableRow<(typeof hopColumns)[number]> {
  return {
    chain: hop.chainId,
    hop: hop.id,
    fromAccess: hop.fromAccess,
    toAccess: hop.toAccess,
    class: hop.class,
    score: logOdds(hop.score),
    sentence: said(hop.sentence, requester),
    from: endOf(hop.from),
    to: endOf(hop.to),
    evidence: hop.evidence.map((item) => evidenceOf(item, requester)),
    alternatives: hop.alternatives.map((other) => ({ ...other, score: logOdds(other.score) })),
  }
}

function evidenceOf(item: HopRow['evidence'][number], requester: Requester) {
  const { hasContent, isRevealed } = requester
  const { kind, digest, value } = item.observable ?? {}
  const shown = hasContent && value ? (isRevealed ? value : maskText(value)) : null
  return {
    class: item.class,
    score: logOdds(item.score),
    isLink: item.isLink,
    fromAccess: item.fromAccess,
    from: endOf(item.from),
    to: endOf(item.to),
    observable: item.observable && { kind, digest, value: shown },
    // What it rests on may quote a value.
    basis: hasContent ? item.basis : null,
    sentence: said(item.sentence, requester),
  }
}

function endOf({ session, seq, tsUs, ms, at, offset }: HopRow['from']) {
  return { session, seq, time: instant(String(tsUs)), ms, at, offset }
}

// Stored as thousandths, so that sums are exact.
function logOdds(thousandths: number): number {
  return thousandths / 1000
}
