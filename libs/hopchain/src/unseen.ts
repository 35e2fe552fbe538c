import { canonicalAddress } from '@hoptrace/events'
import { type Access, accessId, callerOf, isTargetUse, type Sighting, targetAddresses } from './access.ts'
import { isShared } from './evidence/origin.ts'
import { isCommon } from './evidence/value-flow.ts'
import { isInternalHost } from './internal-place.ts'
import { destinationOf, type Pivot, protocolOfTool } from './pivot.ts'
import type { World } from './world.ts'

/**
 * Nodes for what commands in a session named, and no access followed in time: by the same tree of runs, from where the session went, or by
 * nobody knows whom from nobody knows where.
 * Only of machines inside, of which the gateway could know; of each destination the first. A forward is one whatever follows it:
 * what goes through a tunnel is not seen.
 * @param throughUs event time that was reached: what nothing followed before is not settled yet
 */
export function unseenIn(session: Access, world: World, throughUs: number): Access[] {
  const pivots = session.kind === 'session' ? world.namings.pivotsIn(session.id) : []
  const nodes = new Map<string, Access>()
  for (const pivot of pivots) {
    if (nodes.size >= world.policy.maxUnseen) break
    const destination = destinationOf(pivot)
    if (pivot.tsUs + world.policy.unseenAfterUs >= throughUs || nodes.has(destination)) continue
    const named = world.namings.formsAt(pivot)
    if (!mayBeMissed(session, pivot, named, world)) continue
    if (pivot.relation === 'forward' || !isFollowed(session, pivot, named, world)) nodes.set(destination, nodeOf(session, pivot, named))
  }
  return [...nodes.values()]
}

function mayBeMissed(session: Access, { host }: Pivot, named: readonly Sighting[], world: World): boolean {
  const { sharedOrigins, internalSuffixes } = world.policy
  if (named.length === 0 || named.some((sighting) => isCommon(sighting, world))) return false
  // A pod, or a service by its name inside a cluster.
  if (host !== null && !isInternalHost(host, internalSuffixes)) return false
  if (named.some(({ value }) => value !== null && sharedOrigins.includes(value))) return false
  return !isWhereItIs(session, named)
}

// A database that names itself goes nowhere, nor does a host that calls itself by its first label.
function isWhereItIs(session: Access, named: readonly Sighting[]): boolean {
  const own = new Set(session.sightings.filter((sighting) => isTargetUse(session, sighting)).map(({ digest }) => digest))
  const names = new Set([...targetAddresses(session), session.target.toLowerCase(), firstLabelOf(session.address)])
  return named.some(({ digest, value }) => own.has(digest) || (value !== null && names.has(value)))
}

function firstLabelOf(address: string | null): string {
  return address?.toLowerCase().match(/^[a-z][a-z0-9_-]*/)?.[0] ?? ''
}

function isFollowed(session: Access, pivot: Pivot, named: readonly Sighting[], world: World): boolean {
  const { skewUs, unseenAfterUs } = world.policy
  const addresses = new Set(targetAddresses(session))
  const from = { ...pivot, tsUs: pivot.tsUs - skewUs }
  const mayBe = (access: Access) => access.id !== session.id && (isOfCaller(access, session, addresses) || isAnybodys(access, world))
  return named.some(({ digest }) => {
    for (const reach of world.reaches.from(digest, from)) {
      if (reach.sighting.tsUs > pivot.tsUs + unseenAfterUs) break
      if (mayBe(reach.access)) return true
    }
    return world.reaches.lastingAt(digest).some((access) => mayBe(access) && wasOpenAt(access, pivot))
  })
}

function isOfCaller(access: Access, session: Access, addresses: ReadonlySet<string>): boolean {
  if (callerOf(access) === callerOf(session)) return true
  const origin = access.origin === null ? null : canonicalAddress(access.origin)
  return origin !== null && addresses.has(origin)
}

// A login that was refused for its token belongs to nobody; and where it came from may say nothing.
function isAnybodys({ run, principal, origin }: Access, world: World): boolean {
  if (run !== null || principal !== null) return false
  const address = origin === null ? null : canonicalAddress(origin)
  return address === null || isShared(address, world)
}

// A session over HTTP says where it goes when it begins, and takes what follows while it is open.
function wasOpenAt(access: Access, { tsUs }: Pivot): boolean {
  return access.start.tsUs <= tsUs && (access.isOpen || access.lastUs >= tsUs)
}

function nodeOf(session: Access, pivot: Pivot, sightings: readonly Sighting[]): Access {
  const { stream, seq, tsUs, ms, tool, account } = pivot
  const start = { stream, seq, tsUs }
  return {
    ...session,
    kind: 'unseen',
    id: accessId('unseen', start),
    start,
    startMs: ms,
    lastUs: tsUs,
    isOpen: false,
    protocol: protocolOfTool(tool),
    target: destinationOf(pivot),
    address: null,
    account,
    denyReason: null,
    sightings,
  }
}
