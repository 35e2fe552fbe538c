import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { HELD_OUT, isHeldOut } from './bench/src/hopchain/generate/cells.ts'
import { buildFleet } from './bench/src/hopchain/generate/fleet.ts'
import { recordFleet } from './bench/src/hopchain/record/record-fleet.ts'
import { PivotRecorder } from './bench/src/hopchain/record/record-pivots.ts'

const SMALL = { quietDays: 1, attackDays: 1, lastDays: 0, runsADay: 12 }
const GENERATOR = 'bench/src/hopchain/generate'

describe('the fleets that hop chains are measured by', () => {
  let pivots: PivotRecorder
  beforeAll(async () => {
    pivots = await PivotRecorder.load()
  })
  const digestOf = (seed: string) => {
    const { events } = recordFleet(buildFleet({ seed, isForFitting: false, ...SMALL }).story, pivots)
    return createHash('sha256').update(Buffer.concat(events)).digest('hex')
  }

  it('are the same bytes for the same seed, and others for another', () => {
    expect(digestOf('one')).toBe(digestOf('one'))
    expect(digestOf('one')).not.toBe(digestOf('two'))
  })

  it('hold neither the path nor the technique that are held out, where weights are fitted', () => {
    const cells = Array.from({ length: 8 }, (_, n) => buildFleet({ seed: `fit-${n}`, isForFitting: true, ...SMALL, attacksADay: 30 }))
      .flatMap(({ attacks }) => attacks)
      .map(({ cell }) => cell)
    expect(cells.some(isHeldOut)).toBe(false)
    expect(HELD_OUT).toEqual({ from: 'kubernetes', to: 'postgres', technique: 'hand-over' })
  })

  it('come of a generator that knows nothing of the detector', () => {
    const sources = readdirSync(GENERATOR, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
    const imported = sources.flatMap((name) => [...readFileSync(join(GENERATOR, name), 'utf8').matchAll(/from '(@hoptrace\/[a-z]+)'/g)])
    expect([...new Set(imported.map(([, name]) => name))]).toEqual(['@hoptrace/events'])
  })
})
