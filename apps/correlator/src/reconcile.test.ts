import { type Access, defaultLinkPolicy, type Evidenced, linkHops } from '@hoptrace/hopchain'
import { describe, expect, it } from 'vitest'
import { changes, desire, type StoredRows } from './reconcile.ts'

const NOTHING: StoredRows = { hops: [], members: [], chains: [] }

describe('reconcile', () => {
  it('writes every row of a new chain as its first version, hops before the chain that names them', () => {
    const rows = changes(relinked([a, b, c]), NOTHING)
    expect(rows.hops.map(({ toAccess, version }) => [toAccess, version])).toEqual([
      ['b', 1],
      ['c', 1],
    ])
    expect(rows.members.map(({ accessId, depth }) => [accessId, depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ])
    expect(rows.chains).toMatchObject([{ rootAccess: 'a', hops: 2, version: 1, redirectTo: null, isDeleted: false }])
  })

  it('writes nothing where the store holds what is desired', () => {
    const stored = changes(relinked([a, b, c]), NOTHING)
    expect(changes(relinked([a, b, c], stored), stored)).toEqual(NOTHING)
  })

  it('redirects a chain whose first access turned out to have been led to', () => {
    const stored = changes(relinked([b, c]), NOTHING)
    const { chains } = changes(relinked([a, b, c], stored), stored)
    const [joined, left] = chains
    expect(joined).toMatchObject({ rootAccess: 'a', hops: 2 })
    expect(left).toMatchObject({ id: stored.chains[0]?.id, redirectTo: joined?.id, version: 2 })
  })

  it('splits a chain when a hop in its middle is no more', () => {
    const stored = changes(relinked([a, b, c]), NOTHING)
    const forgetful = { ...b, sightings: b.sightings.filter(({ role }) => role !== 'target') }
    const rows = changes(relinked([a, forgetful, c], stored), stored)
    expect(rows.hops.find(({ toAccess }) => toAccess === 'b')).toMatchObject({ isDeleted: true, version: 2 })
    expect(rows.members.find(({ accessId }) => accessId === 'a')).toMatchObject({ isDeleted: true })
    expect(rows.chains.map(({ rootAccess, isDeleted }) => [rootAccess, isDeleted])).toEqual([
      ['b', false],
      ['a', true],
    ])
  })

  it('brings a redirected chain back under its own name with a higher version', () => {
    const first = changes(relinked([b, c]), NOTHING)
    const joined = changes(relinked([a, b, c], first), first)
    const stored = latest(first, joined)
    const forgetful = { ...b, sightings: b.sightings.filter(({ role }) => role !== 'target') }
    const back = changes(relinked([a, forgetful, c], stored), stored).chains.find(({ rootAccess }) => rootAccess === 'b')
    expect(back).toMatchObject({ id: first.chains[0]?.id, redirectTo: null, version: 3 })
  })
})

const a = anAccess('a', 1, null, 'h1')
const b = anAccess('b', 2, 'h1', 'h2')
const c = anAccess('c', 3, 'h2', null)

function relinked(accesses: Access[], stored: StoredRows = NOTHING) {
  const evidenced: Evidenced = { accesses, runs: [], baselines: [] }
  const { hops } = linkHops(evidenced, defaultLinkPolicy)
  const byId = new Map(accesses.map((access) => [access.id, access]))
  return desire({ scope: new Set(byId.keys()), hops, accesses: byId }, stored)
}

function latest(...all: StoredRows[]): StoredRows {
  const last = <R>(rows: R[], keyOf: (row: R) => string) => [...new Map(rows.map((row) => [keyOf(row), row])).values()]
  return {
    hops: last(
      all.flatMap(({ hops }) => hops),
      ({ toAccess }) => toAccess,
    ),
    members: last(
      all.flatMap(({ members }) => members),
      ({ accessId }) => accessId,
    ),
    chains: last(
      all.flatMap(({ chains }) => chains),
      ({ id }) => id,
    ),
  }
}

/** A session whose target is one host, and whose answers name another. */
function anAccess(id: string, second: number, target: string | null, answered: string | null): Access {
  const tsUs = second * 1_000_000
  const sighting = { stream: id, tsUs, ms: 0, kind: 'host', at: '', offset: null, value: null } as const
  return {
    id,
    kind: 'session',
    start: { stream: id, seq: 0, tsUs },
    startMs: 0,
    lastUs: tsUs,
    isOpen: true,
    run: 'run',
    lineage: [],
    principal: 'agent',
    rootPrincipal: 'ana',
    origin: null,
    protocol: 'ssh',
    target: id,
    address: null,
    account: null,
    denyReason: null,
    sightings: [
      ...(target === null ? [] : [{ ...sighting, seq: 0, role: 'target' as const, digest: target }]),
      ...(answered === null ? [] : [{ ...sighting, seq: 1, role: 'answered' as const, digest: answered }]),
    ],
  }
}
