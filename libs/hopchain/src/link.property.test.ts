import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Access, compareAccesses, type Run, type Sighting } from './access.ts'
import { chainsOf } from './chain.ts'
import { compareEnds, type Hop } from './hop.ts'
import { linkHops } from './link.ts'
import { defaultLinkPolicy } from './policy.ts'
import { aRefusal, aRun, aSession, pivotsOf, tsOf } from './testing.ts'

const SECRETS = ['alpha-1', 'beta-2', 'gamma-3']
const HOSTS = ['a.internal', 'b.internal', 'c.internal']
const PODS = ['shop/web-1', 'shop/web-2', '*/web-7998647bdf-phvq7']
const TRACES = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c']
const PROTOCOLS = ['postgres', 'ssh', 'kubernetes', 'http'] as const
/** Later than anything: what was not seen by then was not. */
const THROUGH = tsOf(600)
const RUNS = [aRun('run-1', -50), aRun('run-2', 10, ['run-1']), aRun('run-3', 20, ['run-1', 'run-2']), aRun('run-9', -40)]

const seen = fc.oneof(
  fc.tuple(fc.constantFrom('answered', 'asked', 'presented'), fc.constant('credential'), fc.constantFrom(...SECRETS), fc.nat(60)),
  fc.tuple(fc.constantFrom('answered', 'asked', 'target'), fc.constant('host'), fc.constantFrom(...HOSTS), fc.nat(60)),
  fc.tuple(fc.constantFrom('answered', 'target'), fc.constant('pod'), fc.constantFrom(...PODS), fc.nat(60)),
  fc.tuple(fc.constant('named'), fc.constant('host'), fc.constantFrom(...HOSTS), fc.nat(60)),
  fc.tuple(fc.constant('named'), fc.constant('pod'), fc.constantFrom(...PODS), fc.nat(60)),
  fc.tuple(fc.constant('asked'), fc.constant('trace'), fc.constantFrom(...TRACES), fc.nat(60)),
)
const who = fc.constantFrom(...RUNS.map(({ id, lineage }) => ({ run: id, lineage })), { run: null, lineage: [], principal: 'ben' })
const wanted = fc.record({
  at: fc.nat(60),
  who,
  seen: fc.array(seen, { maxLength: 6 }),
  isRefused: fc.boolean(),
  origin: fc.constantFrom(null, '10.0.0.1', '10.0.0.2'),
  host: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  protocol: fc.constantFrom(...PROTOCOLS),
  /** Sightings that stand in one event: a request names a host, a pod and a secret at once. */
  perEvent: fc.integer({ min: 1, max: 3 }),
})
const world = fc.array(wanted, { maxLength: 14 }).map((all) =>
  all.map((one, index): Access => {
    // Sightings of a session follow its start, in the order of their seqs.
    const sightings = one.seen
      .map(([role, kind, value, after]) => [role, kind, value, one.at + after] as const)
      .toSorted((a, b) => a[3] - b[3])
    const { protocol } = one
    const common = { at: one.at, ...one.who, protocol, origin: one.origin, seen: sightings.map((each) => [...each]) as never }
    if (one.isRefused) return aRefusal({ ...common, id: index, target: 'billing' })
    return inEvents(aSession({ ...common, id: `session-${index}`, target: `${protocol}-1`, address: `${one.host}:22` }), one.perEvent)
  }),
)

function inEvents(session: Access, perEvent: number): Access {
  const numbered = session.sightings.map((sighting, index) => ({ ...sighting, seq: 1 + Math.floor(index / perEvent) }))
  const timed = numbered.map((sighting) => ({ ...sighting, ...momentOf(numbered.find(({ seq }) => seq === sighting.seq)) }))
  return { ...session, sightings: timed }
}

function momentOf(first: Sighting | undefined): { tsUs: number; ms: number } {
  return { tsUs: first?.tsUs ?? 0, ms: first?.ms ?? 0 }
}

describe('linkHops, of any accesses', () => {
  it('gives bit-identical hops and chains in any order of arrival', () => {
    fc.assert(
      fc.property(
        world.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const reordered = shuffled.map((access) => ({ ...access, sightings: [...access.sightings].reverse() }))
          expect(JSON.stringify(found(reordered, [...RUNS].reverse()))).toBe(JSON.stringify(found(all)))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('gives the same hops linked in batches of any size as linked at once', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 5 }), (all, size) => {
        const batches = Array.from(
          { length: Math.ceil(all.length / size) },
          (_, n) => new Set(all.slice(n * size, (n + 1) * size).map(({ id }) => id)),
        )
        const inBatches = batches.flatMap((scope) => linkHops(evidenced(all), defaultLinkPolicy, scope, THROUGH).hops)
        expect(inBatches.map((hop) => JSON.stringify(hop)).sort()).toEqual(
          found(all)
            .hops.map((hop) => JSON.stringify(hop))
            .sort(),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('does not change a hop when unrelated accesses are added', () => {
    fc.assert(
      fc.property(world, (all) => {
        const strangers = [1, 2, 3].map((n) =>
          aSession({
            id: `stranger-${n}`,
            at: n,
            run: `stranger-${n}`,
            rootPrincipal: 'eve',
            seen: [['answered', 'host', `x${n}.internal`]],
          }),
        )
        expect(found([...all, ...strangers])).toEqual(found(all))
      }),
      { numRuns: 200 },
    )
  })

  it('links no access to itself, to a later event, or into a cycle, and gives each at most one parent', () => {
    fc.assert(
      fc.property(world, (all) => {
        const { hops, accesses, chains } = found(all)
        const byId = new Map(accesses.map((access) => [access.id, access]))
        for (const hop of hops) {
          const [from, to] = [byId.get(hop.fromAccess), byId.get(hop.toAccess)]
          if (to?.kind === 'unseen') expect(hop).toMatchObject({ class: 'pivot-command', fromAccess: hop.to.session })
          else expect(hop.from.session).not.toBe(hop.to.session)
          expect(from && to && compareAccesses(from, to)).toBeLessThan(0)
          for (const evidence of hop.evidence) expect(compareEnds(evidence.from, evidence.to)).toBeLessThan(0)
        }
        expect(new Set(hops.map(({ toAccess }) => toAccess)).size).toBe(hops.length)
        expect(new Set(hops.map(({ id }) => id)).size).toBe(hops.length)
        expect(chains.reduce((sum, chain) => sum + chain.hops.length, 0)).toBe(hops.length)
      }),
      { numRuns: 300 },
    )
  })

  it('does not change a hop by what happened later elsewhere, but that pivots of the last minute are not settled', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 0, max: 120 }), (all, cut) => {
        const upTo = all.filter(({ start }) => start.tsUs <= tsOf(cut)).map((access) => asOf(access, cut))
        const whole = new Set(all.flatMap(({ id, sightings }) => (sightings.every(({ tsUs }) => tsUs <= tsOf(cut)) ? [id] : [])))
        const isSettled = ({ to, toAccess }: Hop) => whole.has(to.session) || whole.has(toAccess)
        const settled = (hops: Hop[]) => hops.filter((hop) => hop.to.tsUs < tsOf(cut - 1) && isSettled(hop))
        expect(settled(found(upTo, RUNS, tsOf(cut)).hops)).toEqual(settled(found(all).hops))
      }),
      { numRuns: 300 },
    )
  })

  it('makes no node of a pivot before event time has passed it by the time allowed, and then keeps it', () => {
    fc.assert(
      fc.property(world, fc.nat(130), fc.nat(130), (all, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)]
        const unseen = (minute: number) => found(all, RUNS, tsOf(minute)).accesses.filter(({ kind }) => kind === 'unseen')
        for (const { start } of unseen(early)) expect(start.tsUs + defaultLinkPolicy.unseenAfterUs).toBeLessThan(tsOf(early))
        expect(unseen(late)).toEqual(expect.arrayContaining(unseen(early)))
      }),
      { numRuns: 200 },
    )
  })

  it('scores in integers', () => {
    fc.assert(
      fc.property(world, (all) =>
        found(all).hops.every((hop) => Number.isInteger(hop.score) && hop.evidence.every(({ score }) => Number.isInteger(score))),
      ),
    )
  })

  it('never links by a value that its caller sent before the answer', () => {
    fc.assert(
      fc.property(world, (all) => {
        const sender = aSession({
          id: 'told',
          at: -10,
          run: 'run-1',
          seen: [
            ...SECRETS.map((secret) => ['asked', 'credential', secret] as never),
            ...HOSTS.map((host) => ['asked', 'host', host] as never),
            ...PODS.map((pod) => ['asked', 'pod', pod] as never),
          ],
        })
        const tree = new Set([sender, ...all].filter(({ run }) => run !== null && run !== 'run-9').map(({ id }) => id))
        const flows = found([sender, ...all]).hops.flatMap(({ evidence, toAccess }) => (tree.has(toAccess) ? evidence : []))
        expect(flows.filter((each) => each.class === 'credential-flow' || each.class === 'target-flow')).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

/** What was recorded of it by then. */
function asOf(access: Access, minute: number): Access {
  return { ...access, sightings: access.sightings.filter(({ tsUs }) => tsUs <= tsOf(minute)) }
}

function evidenced(accesses: Access[]) {
  return { accesses, runs: RUNS, baselines: [], pivots: pivotsOf(accesses, { relation: 'connect' }) }
}

function found(accesses: Access[], runs: Run[] = RUNS, throughUs = THROUGH) {
  const { hops, uses } = linkHops({ ...evidenced(accesses), runs }, defaultLinkPolicy, undefined, throughUs)
  const chains = chainsOf(hops, new Map([...accesses, ...uses].map((access) => [access.id, access])))
  const everything = [...accesses, ...uses].sort(compareAccesses)
  return {
    hops,
    chains: chains.map(({ accesses: members, ...chain }) => ({
      ...chain,
      members: members.map(({ access, depth }) => [access.id, depth]),
    })),
    accesses:
      hops.length > 0
        ? (everything
            .filter(({ id }) => hops.some((hop) => hop.fromAccess === id || hop.toAccess === id))
            .map(({ id, start, kind }) => ({ id, start, kind })) as Access[])
        : [],
  }
}
