import { describe, expect, it } from 'vitest'
import { NotedSources } from './noted-sources.ts'
import { type Beat, Watermarks } from './watermarks.ts'

const SILENCE_MS = 100
const LAG_MS = 10_000
let offset = 0

const beat = (tsUs: number, over: Partial<Beat> = {}): Beat => {
  offset += 1
  return { gateway: 'gw-1', source: 0, tsUs, ends: [5, 5], ref: { partition: 'p0', offset }, ...over }
}

/** Two partitions of the events, and two of the notes. */
function aTenant() {
  const sources = new NotedSources(['p0', 'p1'], LAG_MS)
  const watermarks = new Watermarks(sources, SILENCE_MS, LAG_MS)
  /** Both partitions of the notes say how far both of the events were noted; these end where they were noted to unless it says otherwise. */
  const noted = (nowMs: number, next: readonly number[], ends = next) => {
    const told = next.map((to, source) => ({ source, next: to, end: ends[source] ?? to }))
    for (const partition of ['p0', 'p1']) sources.observe(partition, told, nowMs)
  }
  return { sources, watermarks, noted }
}

describe('the watermark', () => {
  it('is nowhere before a gateway is known, and at the beginning before it has spoken', () => {
    const { watermarks } = aTenant()
    expect(watermarks.state(0)).toEqual({ reachedUs: null, silent: [] })
    watermarks.met('gw-1', 0)
    expect(watermarks.state(0)).toEqual({ reachedUs: 0, silent: [] })
  })

  it('reaches a heartbeat once every partition of the notes says that everything before it is noted', () => {
    const { watermarks, sources } = aTenant()
    const told = (partition: string, ...next: number[]) => {
      const progress = next.map((to, source) => ({ source, next: to, end: 9 }))
      sources.observe(partition, progress, 0)
      return watermarks.state(0).reachedUs
    }
    watermarks.observe(beat(50), 0)
    expect(told('p0', 5, 5)).toBe(0)
    expect(told('p1', 9, 4)).toBe(0)
    expect(told('p1', 9, 5)).toBe(50)
  })

  it('asks nothing of partitions that held nothing', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5])
    watermarks.observe(beat(50, { ends: [5, 0] }), 0)
    expect(watermarks.state(0).reachedUs).toBe(50)
  })

  it('goes on from heartbeat to heartbeat while a partition always lags', () => {
    const { watermarks, noted } = aTenant()
    for (let at = 0; at < 1000; at++) watermarks.observe(beat(at, { ends: [at, at] }), 0)
    noted(0, [30, 20])
    expect(watermarks.state(0).reachedUs).toBe(20)
    noted(0, [999, 999])
    expect(watermarks.state(0).reachedUs).toBe(999)
  })

  it('is the least of what any gateway has reached', () => {
    const { watermarks, noted } = aTenant()
    watermarks.observe(beat(50), 0)
    watermarks.observe(beat(40, { gateway: 'gw-2', ends: [6, 5] }), 0)
    noted(0, [5, 5])
    expect(watermarks.state(0).reachedUs).toBe(0)
    noted(0, [6, 5])
    expect(watermarks.state(0).reachedUs).toBe(40)
  })

  it('does not step back with a clock', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    for (const tsUs of [50, 10]) watermarks.observe(beat(tsUs), 0)
    expect(watermarks.state(1).reachedUs).toBe(50)
  })
})

describe('a gateway that says nothing', () => {
  it('is waited for no longer than it may be silent, and named until it speaks', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    watermarks.observe(beat(10, { gateway: 'dead' }), 0)
    watermarks.observe(beat(90, { gateway: 'alive' }), 150)
    noted(150, [5, 5])
    expect(watermarks.state(150)).toEqual({ reachedUs: 90, silent: ['dead'] })
    watermarks.observe(beat(95, { gateway: 'dead' }), 160)
    expect(watermarks.state(160)).toEqual({ reachedUs: 90, silent: [] })
  })

  it('is not taken for silent while its partition lags: what it said may be in there', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    watermarks.observe(beat(10), 0)
    noted(200, [5, 5], [9, 5])
    noted(900, [8, 5], [99, 5])
    expect(watermarks.state(900)).toEqual({ reachedUs: 10, silent: [] })
    noted(950, [9, 5])
    expect(watermarks.state(950)).toEqual({ reachedUs: null, silent: ['gw-1'] })
  })

  it('is waited for while a heartbeat of it waits for another partition', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 4])
    watermarks.observe(beat(10), 0)
    noted(900, [5, 4])
    expect(watermarks.state(900)).toEqual({ reachedUs: 0, silent: [] })
  })

  it('is waited for when it has never spoken, as long as one that has', () => {
    const { watermarks, noted } = aTenant()
    watermarks.met('importer', 0)
    noted(200, [5, 5])
    expect(watermarks.state(200)).toEqual({ reachedUs: null, silent: ['importer'] })
  })

  it('is forgotten when it was taken out of service', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    watermarks.observe(beat(10, { gateway: 'gone' }), 0)
    watermarks.state(0)
    noted(99_000, [5, 5])
    expect(watermarks.state(99_000).silent).toEqual(['gone'])
    noted(200_000, [5, 5])
    watermarks.state(200_000)
    expect(watermarks.state(200_000).silent).toEqual([])
  })
})

describe('a partition that does not come on at all', () => {
  it('is not waited for any longer than it may lag', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 4])
    watermarks.observe(beat(10), 0)
    expect(watermarks.state(LAG_MS).reachedUs).toBe(0)
    expect(watermarks.state(LAG_MS + 1).reachedUs).toBe(10)
    expect(watermarks.state(LAG_MS + SILENCE_MS + 1).silent).toEqual(['gw-1'])
  })
})

describe('the note of a heartbeat', () => {
  it('is needed until a later one counts, since a restart reads it again', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    const [first, second, third] = [beat(1), beat(2), beat(3, { ends: [6, 5] })]
    for (const each of [first, second, third]) watermarks.observe(each, 0)
    watermarks.state(0)
    expect(watermarks.takeSuperseded()).toEqual([first.ref])
    noted(0, [6, 5])
    watermarks.state(0)
    expect(watermarks.takeSuperseded()).toEqual([second.ref])
  })

  it('is needed no longer once its gateway is silent: nobody else is to wait for it', () => {
    const { watermarks, noted } = aTenant()
    noted(0, [5, 5])
    const only = beat(1)
    watermarks.observe(only, 0)
    watermarks.state(0)
    noted(200, [5, 5])
    watermarks.state(200)
    expect(watermarks.takeSuperseded()).toEqual([only.ref])
  })
})
