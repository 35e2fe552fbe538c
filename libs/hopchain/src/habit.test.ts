import { describe, expect, it } from 'vitest'
import { type Familiarity, familiarities } from './habit.ts'
import { linkHops } from './link.ts'
import { defaultLinkPolicy } from './policy.ts'
import { arrows, aSession, DAY } from './testing.ts'

const told = aSession({ id: 'told', at: 0, seen: [['answered', 'host', 'db-7.internal']] })
const goes = (over: Partial<Parameters<typeof aSession>[0]> = {}) =>
  aSession({ id: 'goes', at: 9, protocol: 'ssh', target: 'db-7', seen: [['target', 'host', 'db-7.internal']], ...over })
const stranger = { run: 'run-2', principal: 'other', rootPrincipal: 'ben' }

function linked(to: ReturnType<typeof goes>, familiarity: Familiarity) {
  const familiar = new Map([[to.id, familiarity]])
  return arrows(linkHops({ accesses: [told, to], runs: [], baselines: [], familiar }, defaultLinkPolicy).hops)
}

describe('how well an actor knew a place', () => {
  const access = goes()
  const of = (visits: [day: number, runs: number][], runs: [day: number, runs: number][]) =>
    familiarities([access], () => 'agent:deployer', {
      visits: visits.map(([day, count]) => ({ actor: 'agent:deployer', target: 'db-7', protocol: 'ssh', day, runs: count })),
      runs: runs.map(([day, count]) => ({ actor: 'agent:deployer', day, runs: count })),
    }).get('goes')

  it('is not known before any run', () => expect(of([], [])).toBe('unknown'))
  it('is not known while its first day is open', () => expect(of([[DAY, 3]], [[DAY, 5]])).toBe('unknown'))
  it('is new where no run of an earlier day went', () => expect(of([[DAY, 1]], [[DAY - 1, 5]])).toBe('new'))
  it('is known where a few of many runs went', () => expect(of([[DAY - 2, 1]], [[DAY - 2, 90]])).toBe('known'))
  it('is a habit where one run in twenty went', () =>
    expect(
      of(
        [
          [DAY - 3, 1],
          [DAY - 1, 1],
        ],
        [
          [DAY - 3, 30],
          [DAY - 1, 10],
        ],
      ),
    ).toBe('habitual'))
})

describe('a name that was answered, and then gone to', () => {
  it('links the caller that was answered it, unless that goes there anyway', () => {
    expect(linked(goes(), 'new')).toEqual(['told>goes target-flow'])
    expect(linked(goes(), 'known')).toEqual(['told>goes target-flow'])
    expect(linked(goes(), 'unknown')).toEqual(['told>goes target-flow'])
    expect(linked(goes(), 'habitual')).toEqual([])
  })

  it('links a stranger only where it went to a place that is new to it', () => {
    expect(linked(goes(stranger), 'new')).toEqual(['told>goes target-flow'])
    for (const familiarity of ['known', 'unknown', 'habitual'] as const) expect(linked(goes(stranger), familiarity)).toEqual([])
  })

  it('links a stranger by a pod only where its cluster is new to it, and its own tree in any case', () => {
    const listed = aSession({ id: 'told', at: 0, protocol: 'kubernetes', target: 'prod', seen: [['answered', 'pod', 'shop/web-1']] })
    const execs = (over: object) =>
      aSession({ id: 'goes', at: 9, protocol: 'kubernetes', target: 'prod', seen: [['target', 'pod', 'shop/web-1']], ...over })
    const to = (over: object, familiarity: Familiarity) =>
      linkHops({ accesses: [listed, execs(over)], runs: [], baselines: [], familiar: new Map([['goes', familiarity]]) }, defaultLinkPolicy)
        .hops
    expect(arrows(to(stranger, 'new'))).toEqual(['told>goes target-flow'])
    for (const familiarity of ['known', 'unknown', 'habitual'] as const) expect(to(stranger, familiarity)).toEqual([])
    const ofChild = to({ run: 'run-2', lineage: ['run-1'] }, 'habitual')[0]?.evidence.find((each) => each.class === 'target-flow')
    expect(ofChild?.isLink).toBe(true)
  })

  it('links by a secret all the same, however well the place is known', () => {
    const secret = aSession({ id: 'told', at: 0, seen: [['answered', 'credential', 'S3cret!pw']] })
    const uses = goes({ ...stranger, seen: [['presented', 'credential', 'S3cret!pw']] })
    const familiar = new Map([['goes', 'habitual']] as const)
    const { hops } = linkHops({ accesses: [secret, uses], runs: [], baselines: [], familiar }, defaultLinkPolicy)
    expect(arrows(hops)).toEqual(['told>goes credential-flow'])
  })
})
