import { describe, expect, it } from 'vitest'
import type { Noted } from './sorter.ts'
import { StoredGate } from './stored-gate.ts'

const noted = (stream: string, receivedMs = 0): Noted => ({ tenant: 't', stream, seq: 0, tsUs: 1, refs: [], receivedMs })
const is =
  (...stored: string[]) =>
  ({ stream }: Noted) =>
    stored.includes(stream)

function step(gate: StoredGate, isStored: (noted: Noted) => boolean, nowMs: number): string[] {
  const passage = gate.pass(gate.next(10), isStored, nowMs)
  gate.settle(passage)
  return passage.ready.map(({ stream }) => stream)
}

describe('the gate before the store', () => {
  it('lets notes pass in order, once what they tell of is stored', () => {
    const gate = new StoredGate(100, 10, 0)
    gate.add([noted('a'), noted('b'), noted('c')])
    expect(step(gate, is('a', 'c'), 1)).toEqual(['a'])
    expect(step(gate, is('a', 'b', 'c'), 2)).toEqual(['b', 'c'])
    expect(gate.size).toBe(0)
  })

  it('waits as long as it takes while the store takes nothing', () => {
    const gate = new StoredGate(100, 10, 0)
    gate.add([noted('a'), noted('b', 5)])
    expect(step(gate, is(), 1_000_000)).toEqual([])
    expect(gate.size).toBe(2)
  })

  it('gives up on one that does not come although later ones do, and takes it if it comes yet', () => {
    const gate = new StoredGate(100, 10, 0)
    gate.add([noted('refused'), noted('b', 5)])
    expect(step(gate, is('b'), 200)).toEqual(['b'])
    expect(gate.size).toBe(0)
    expect(step(gate, is('refused'), 300)).toEqual(['refused'])
    expect(step(gate, is('refused'), 300)).toEqual([])
  })

  it('lets nothing pass that has only just shown: one insert fills several tables', () => {
    const gate = new StoredGate(100, 10, 20)
    gate.add([noted('a'), noted('b')])
    expect(step(gate, is('a'), 5)).toEqual([])
    expect(step(gate, is('a', 'b'), 24)).toEqual([])
    expect(step(gate, is('a', 'b'), 25)).toEqual(['a'])
    expect(step(gate, is('a', 'b'), 44)).toEqual(['b'])
  })

  it('owes no more than it may, and counts the rest', () => {
    const gate = new StoredGate(100, 1, 0)
    gate.add([noted('a'), noted('b'), noted('c', 5)])
    expect(step(gate, is('c'), 200)).toEqual(['c'])
    expect(gate.abandoned).toBe(1)
    expect(step(gate, is('a', 'b'), 200)).toEqual(['b'])
  })
})
