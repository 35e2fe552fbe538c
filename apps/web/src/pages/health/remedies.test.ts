import type { Health } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { remediesOf } from './remedies.ts'

type Recording = NonNullable<Health['recording']>
const at = '2026-11-20T10:31:04.137000Z'

function aGateway(change: Partial<Recording['gateways'][number]> = {}): Recording['gateways'][number] {
  return {
    ...{ gatewayId: 'gw-1', bootId: '01a1f890-bc5b-7531-be0f-620712aceccf', lastHeartbeatAt: at, ageMs: 2000, openSessions: 0 },
    ...{ isSilent: false, silentSince: null, spool: { level: 'roomy', bytes: 0, maxBytes: 1000 } },
    ...change,
  }
}

function aRecording(change: Partial<Recording> = {}): Pick<Health, 'store' | 'recording'> {
  const recording: Recording = {
    ...{
      state: 'recording',
      reasons: [],
      gateways: [aGateway()],
      openSessions: 0,
      gaps: 0,
      deadLetters: 0,
      conflicts: { count: 0, newest: [] },
    },
    ...{ storedTo: at, ingestLagMs: 4000, analysedTo: at, analysisLagMs: 0 },
    ...change,
  }
  return { store: { reachable: true, fault: null }, recording }
}

describe('what needs somebody', () => {
  it('is nothing while all is well', () => {
    expect(remediesOf(aRecording())).toEqual([])
  })
  it('is the store alone when nothing can be read from it', () => {
    const [only, ...others] = remediesOf({ store: { reachable: false, fault: 'ECONNREFUSED' }, recording: null })
    expect(only).toMatchObject({ tone: 'bad', finding: 'The store cannot be read (ECONNREFUSED)' })
    expect(others).toEqual([])
  })
  it('is red where two different events stand under one seq', () => {
    const newest = [{ sessionId: '01a1f890-bc5b-7531-be0f-620712aceccf', seq: 3, storedAt: at }]
    expect(remediesOf(aRecording({ gaps: 1, conflicts: { count: 1, newest } }))).toMatchObject([
      { tone: 'bad', finding: '1 session with two different events under one seq' },
      { tone: 'warn' },
    ])
  })
  it('is worst first: who is blind before what is late', () => {
    const found = remediesOf(
      aRecording({ gaps: 2, ingestLagMs: 90_000, gateways: [aGateway(), aGateway({ gatewayId: 'gw-2', isSilent: true, ageMs: 61_000 })] }),
    )
    expect(found.map(({ finding }) => finding)).toEqual([
      'Gateway gw-2 has been silent for 1 min 01 s',
      'What is stored is 1 min 30 s behind',
      '2 recording gaps in the last 24 h',
    ])
  })
  it('tells a spool that fills from one that is full', () => {
    const level = (name: 'filling' | 'full') => aRecording({ gateways: [aGateway({ spool: { level: name, bytes: 900, maxBytes: 1000 } })] })
    expect(remediesOf(level('filling'))[0]?.tone).toBe('warn')
    expect(remediesOf(level('full'))[0]).toMatchObject({ tone: 'bad', finding: expect.stringContaining('new sessions are refused') })
  })
  it('is not how far storing is behind where nobody is heard', () => {
    const found = remediesOf(aRecording({ ingestLagMs: 90_000, gateways: [aGateway({ isSilent: true, ageMs: 90_000 })] }))
    expect(found.map(({ key }) => key.split(' ')[0])).toEqual(['silent'])
  })
  it('does not take the time between two heartbeats for a lag', () => {
    expect(remediesOf(aRecording({ ingestLagMs: 12_000 }))).toEqual([])
  })
})
