import { type EventOf, SessionEvent } from '@hoptrace/events'
import { type Access, accessId } from '@hoptrace/hopchain'
import type { HopChainAccessRow, LinkableSessionRow, RefusalRow } from '@hoptrace/store'

/** A stored session as a node, still without the values that were seen in it. */
export function sessionAccess(row: LinkableSessionRow): Access {
  return {
    id: row.sessionId,
    kind: 'session',
    start: { stream: row.sessionId, seq: 0, tsUs: row.firstUs },
    startMs: 0,
    lastUs: row.lastUs,
    isOpen: row.isOpen,
    run: row.run,
    lineage: row.lineage,
    principal: row.principal,
    rootPrincipal: row.rootPrincipal,
    origin: row.originAddress,
    protocol: protocolOf(row.targetProtocol),
    target: row.targetName ?? '',
    address: row.targetAddress,
    account: row.targetAccount,
    denyReason: null,
    sightings: [],
  }
}

/** A refusal as a node; null for what is no refusal. The boot stream belongs to nobody: whose it was, its body says. */
export function refusedAccess({ content }: RefusalRow): Access | null {
  const event = readDecision(content)
  if (event?.body.decision !== 'deny') return null
  const { asked, by, reason } = event.body
  const start = { stream: event.sessionId, seq: event.seq, tsUs: Number(event.ts) }
  return {
    id: accessId('refused', start),
    kind: 'refused',
    start,
    startMs: Math.floor(event.elapsedUs / 1000),
    lastUs: start.tsUs,
    isOpen: false,
    run: by?.run ?? event.run,
    lineage: by?.lineage ?? event.lineage,
    principal: by?.principal ?? event.principal,
    rootPrincipal: by?.rootPrincipal ?? event.rootPrincipal,
    origin: event.body.origin?.address ?? event.origin?.address ?? null,
    protocol: asked.protocol,
    target: asked.target,
    address: null,
    account: asked.account,
    denyReason: reason,
    sightings: [],
  }
}

/** A member of a stored chain as a node: enough for the graph, nothing to link by. */
export function memberAccess(row: HopChainAccessRow): Access {
  return {
    id: row.accessId,
    kind: row.kind,
    start: { stream: row.sessionId, seq: row.seq, tsUs: row.firstTs },
    startMs: row.ms,
    lastUs: row.lastTs,
    isOpen: row.isOpen,
    run: row.run,
    lineage: row.lineage,
    principal: row.principal,
    rootPrincipal: row.rootPrincipal,
    origin: row.origin,
    protocol: row.protocol,
    target: row.target,
    address: row.address,
    account: row.account,
    denyReason: row.denyReason,
    sightings: [],
  }
}

export function memberRow(access: Access, chainId: string, depth: number): HopChainAccessRow {
  return {
    accessId: access.id,
    chainId,
    depth,
    kind: access.kind,
    sessionId: access.start.stream,
    seq: access.start.seq,
    ms: access.startMs,
    firstTs: access.start.tsUs,
    lastTs: access.lastUs,
    isOpen: access.isOpen,
    run: access.run,
    lineage: [...access.lineage],
    principal: access.principal,
    rootPrincipal: access.rootPrincipal,
    origin: access.origin,
    protocol: access.protocol,
    target: access.target,
    address: access.address,
    account: access.account,
    denyReason: access.denyReason,
  }
}

function readDecision(content: string): EventOf<'access.decided'> | null {
  // The stored content is what the hash proves, without the hash itself.
  const parsed = SessionEvent.safeParse({ ...(JSON.parse(content) as object), hash: '0'.repeat(64) })
  return parsed.success && parsed.data.type === 'access.decided' ? parsed.data : null
}

const PROTOCOLS = ['postgres', 'ssh', 'kubernetes', 'http'] as const

function protocolOf(text: string | null): Access['protocol'] {
  return PROTOCOLS.find((protocol) => protocol === text) ?? null
}
