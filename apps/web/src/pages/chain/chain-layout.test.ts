import type { AccessNode, ChainDetail, Hop } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { layoutChain } from './chain-layout.ts'

const second = (n: number) => `2026-11-20T10:00:${String(n).padStart(2, '0')}.000000Z`

function anAccess(id: string, run: string, from: number, to: number | null, change: Partial<AccessNode> = {}): AccessNode {
  return {
    ...{ id, kind: 'session', isRefused: false, at: { sessionId: id, seq: 0, ms: 0 }, protocol: 'ssh', target: id, depth: 0 },
    ...{ address: null, account: null, principal: run, rootPrincipal: null, run, outcome: null, denyReason: null, unseen: null },
    startedAt: second(from),
    endedAt: to === null ? null : second(to),
    ...change,
  }
}

function aHop(from: string, to: string, evidenceClass: Hop['class'] = 'target-flow'): Hop {
  const evidence = { class: evidenceClass, score: 4, from: { sessionId: from, seq: 3, ms: 2000 }, to: null, observable: null }
  return {
    ...{ id: `${from}>${to}`, from, to, class: evidenceClass, score: 4, alternatives: [], alerts: [] },
    evidence: [{ ...evidence, fromAt: null, toAt: null, sentence: '' }],
  }
}

function aChain(nodes: AccessNode[], edges: Hop[]): ChainDetail {
  return {
    ...{ id: 'c', title: '', startedAt: second(0), endedAt: second(59), rootPrincipal: null, principals: [], protocols: [], targets: [] },
    ...{ accesses: nodes.length, refused: 0, hops: edges.length, evidence: [], weakestScore: 0, isPartial: false, alerts: [] },
    nodes,
    edges,
  }
}

const sql = anAccess('orders', 'reporter', 0, 10)
const ssh = anAccess('bastion', 'helper', 12, 20)
const refused = anAccess('billing', 'helper', 22, 22, { isRefused: true, kind: 'refused' })

describe('the picture of a chain', () => {
  it('nests a delegated run below the run that minted it', () => {
    const layout = layoutChain(aChain([ssh, sql], [aHop('orders', 'bastion', 'delegation')]), 600, 0)
    expect(layout.lanes.map(({ principal, depth }) => [principal, depth])).toEqual([
      ['reporter', 0],
      ['helper', 1],
    ])
  })
  it('gives each access a row of its own, in time', () => {
    const { rows } = layoutChain(aChain([refused, ssh, sql], []), 600, 0)
    expect(rows.map(({ node }) => node.id)).toEqual(['orders', 'bastion', 'billing'])
    expect(new Set(rows.map(({ y }) => y)).size).toBe(3)
  })
  it('lays protocols out as lanes when they are asked for, in the order in which they were reached', () => {
    const layout = layoutChain(
      aChain([ssh, { ...sql, protocol: 'postgres' }, refused], [aHop('orders', 'bastion', 'delegation')]),
      600,
      0,
      'protocol',
    )
    expect(layout.lanes.map(({ protocol, endY, y }) => [protocol, (endY - y - 28) / 36])).toEqual([
      ['postgres', 1],
      ['ssh', 2],
    ])
    expect(layout.rows.map(({ depth }) => depth)).toEqual([0, 1, 1])
  })
  it('draws what was named and never seen as a moment, not as something that goes on', () => {
    const unseen = anAccess('away', 'helper', 15, null, { kind: 'unseen' })
    const { bars } = layoutChain(aChain([sql, ssh, unseen], []), 600, Date.parse(second(59)))
    expect(bars.find(({ node }) => node.id === 'away')).toMatchObject({ isOpen: false, width: 16 })
  })
  it('keeps every bar inside the plot, however short', () => {
    const { bars } = layoutChain(aChain([sql, ssh, refused], []), 600, 0)
    for (const bar of bars) expect([bar.x >= 0, bar.x + bar.width <= 600, bar.width >= 16]).toEqual([true, true, true])
  })
  it('begins an arrow at the moment that the evidence names and ends it at the access', () => {
    const { arrows, bars } = layoutChain(aChain([sql, ssh], [aHop('orders', 'bastion')]), 600, 0)
    const [from, to] = bars
    expect(arrows[0]?.tipX).toBeCloseTo((to?.x ?? 0) - 2)
    expect(Number(/^M([\d.]+)/.exec(arrows[0]?.path ?? '')?.[1])).toBeCloseTo((from?.width ?? 0) * 0.2, 0)
  })
  it('draws an open session up to now', () => {
    const open = anAccess('open', 'reporter', 0, null)
    const { bars } = layoutChain(aChain([open, ssh], []), 600, Date.parse(second(40)))
    expect(bars.find(({ node }) => node.id === 'open')).toMatchObject({ isOpen: true, width: 584 })
  })
  it('survives hops that lead nowhere and delegations in a circle', () => {
    const circle = [aHop('orders', 'bastion', 'delegation'), aHop('bastion', 'orders', 'delegation'), aHop('orders', 'gone')]
    const layout = layoutChain(aChain([sql, ssh], circle), 600, 0)
    expect([layout.rows.length, layout.arrows.length]).toEqual([2, 2])
  })
})
