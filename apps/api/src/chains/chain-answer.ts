import { ObservableKind, printable } from '@hoptrace/events'
import { z } from 'zod'
import { type AccessNode, type ChainSummary, EvidenceClass, type Hop, type HopEvidence } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import { maskText } from '../masking/mask-text.ts'
import type { AccessRow, ChainRow, HopRow } from './chains.queries.ts'
import type { Named } from './unseen.queries.ts'

const End = z.object({ session: z.string(), seq: z.int(), ms: z.number(), at: z.string() })

/** Evidence as the correlator stores it: one a class, strongest first. */
const StoredEvidence = z.array(
  z.object({
    class: EvidenceClass,
    score: z.number(),
    from: End.nullable(),
    to: End.nullable(),
    observable: z.object({ kind: ObservableKind, digest: z.string(), value: z.string().nullable() }).nullable(),
    sentence: z.string().optional(),
  }),
)
const StoredAlternatives = z.array(z.object({ fromAccess: z.string(), class: EvidenceClass, score: z.number() }))

/** @param hasContent without it the title names no value */
export function summaryOfChain(row: ChainRow, hasContent: boolean): ChainSummary {
  return {
    id: row.id,
    title: hasContent ? printable(maskText(row.title)) : printable(row.targets.join(' → ')),
    startedAt: instantOf(BigInt(row.firstUs)),
    endedAt: instantOf(BigInt(row.lastUs)),
    // More than one only when a gateway could not derive it: then it is not known.
    rootPrincipal: row.rootPrincipals.length === 1 ? (row.rootPrincipals[0] ?? null) : null,
    principals: row.principals,
    protocols: row.protocols,
    targets: row.targets,
    accesses: row.accesses,
    refused: row.refused,
    hops: row.hops,
    evidence: row.classes,
    weakestScore: logOdds(row.weakestScore),
    isPartial: false,
  }
}

export function nodeOf(row: AccessRow): AccessNode {
  const {
    accessId: id,
    kind,
    sessionId,
    seq,
    ms,
    protocol,
    target,
    address,
    account,
    run,
    principal,
    rootPrincipal,
    denyReason,
    depth,
  } = row
  return {
    id,
    kind,
    isRefused: kind === 'refused',
    at: { sessionId, seq, ms },
    startedAt: instantOf(BigInt(row.firstUs)),
    endedAt: row.isOpen ? null : instantOf(BigInt(row.lastUs)),
    protocol,
    target,
    address,
    account,
    principal,
    rootPrincipal,
    run,
    outcome: row.isOpen ? 'open' : null,
    denyReason,
    depth,
    unseen: null,
  }
}

/** What is said of a node that was not seen. @param hasContent without it neither the command nor what it printed */
export function unseenOf(node: AccessNode, named: Named | undefined, hasContent: boolean): AccessNode {
  if (node.kind !== 'unseen' || !named) return node
  const { pivot, event, exitStatus, output } = named
  const told = (text: string | null) => (hasContent && text !== null ? printable(maskText(text)) : null)
  const namedAt = { sessionId: node.at.sessionId, ...event }
  const unseen = { tool: pivot.tool, relation: pivot.relation, namedAt, exitStatus, output: told(output), command: told(pivot.command) }
  return { ...node, unseen }
}

export function hopOf(row: HopRow): Hop {
  const evidence = StoredEvidence.parse(JSON.parse(row.evidence))
  const alternatives = StoredAlternatives.parse(JSON.parse(row.alternatives))
  return {
    id: row.id,
    from: row.fromAccess,
    to: row.toAccess,
    class: row.class,
    score: logOdds(row.score),
    evidence: evidence.map((item) => evidenceOf(item, row.sentence)),
    alternatives: alternatives.map(({ fromAccess, class: name, score }) => ({ from: fromAccess, class: name, score: logOdds(score) })),
    alerts: [],
  }
}

function evidenceOf(item: z.infer<typeof StoredEvidence>[number], hopSentence: string): HopEvidence {
  const pointer = (end: z.infer<typeof End> | null) => end && { sessionId: end.session, seq: end.seq, ms: end.ms }
  return {
    class: item.class,
    score: logOdds(item.score),
    from: pointer(item.from),
    to: pointer(item.to),
    observable: item.observable && { ...item.observable, value: item.observable.value && maskText(item.observable.value) },
    fromAt: item.from?.at || null,
    toAt: item.to?.at || null,
    sentence: printable(maskText(item.sentence ?? hopSentence)),
  }
}

// Stored as thousandths, so that sums are exact.
function logOdds(thousandths: number): number {
  return thousandths / 1000
}
