import { walkSequence } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { aSpoolDir, aWho, eventsIn, openRecordings, until } from './recordings.test-support.ts'

const started = { client: null, database: null, tls: false }
const resize = (cols: number) => ({ channel: 0, cols, rows: 24 })

describe('a recording', () => {
  it('forwards what the caller asks only once it is in the spool', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir)
    const recording = recordings.start(aWho, 'default')
    recording.append('terminal.resize', resize(80))
    let inSpool: string[] = []
    recording.forward(() => {
      inSpool = eventsIn(dir).map((event) => event.type)
    })
    expect(inSpool).toEqual([])
    await until(() => inSpool.length > 0)
    expect(inSpool).toContain('terminal.resize')
    await recordings.close()
  })

  it('releases an answer only once what was asked before it is durable', async () => {
    const recordings = openRecordings(aSpoolDir())
    const recording = recordings.start(aWho, 'default')
    recording.append('terminal.resize', resize(80))
    const mark = recording.mark
    let durableAtRelease = -1
    recording.release(mark, () => {
      durableAtRelease = recordings.outbox.durableTo
    })
    await until(() => durableAtRelease >= 0)
    expect(durableAtRelease).toBeGreaterThanOrEqual(mark)
    await recordings.close()
  })

  it('forwards only what is durable where the target is strict', async () => {
    const recordings = openRecordings(aSpoolDir())
    const recording = recordings.start(aWho, 'strict')
    recording.append('terminal.resize', resize(80))
    let durableAtForward = -1
    recording.forward(() => {
      durableAtForward = recordings.outbox.durableTo
    })
    recordings.outbox.want(recording.mark)
    await until(() => durableAtForward >= 0)
    expect(durableAtForward).toBeGreaterThanOrEqual(recording.mark)
    await recordings.close()
  })

  it('keeps the order of what it sends', async () => {
    const recordings = openRecordings(aSpoolDir())
    const recording = recordings.start(aWho, 'default')
    const sent: number[] = []
    for (let i = 0; i < 50; i++) {
      if (i % 3 === 0) recording.append('terminal.resize', resize(i + 1))
      recording.release(recording.mark, () => sent.push(i))
    }
    await until(() => sent.length === 50)
    expect(sent).toEqual([...sent].sort((a, b) => a - b))
    await recordings.close()
  })

  it('sends nothing more once the gateway ordered it to stop, and says why it ended', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir)
    const recording = recordings.start(aWho, 'default')
    recording.append('session.started', started)
    let isSent = false
    recording.forward(() => {
      isSent = true
    })
    recording.onStop(() => recording.end('client'))
    recordings.stopRuns(new Set([aWho.run]), { reason: 'revoked', message: 'the run was revoked' })
    await recordings.close()
    expect(isSent).toBe(false)
    expect(eventsIn(dir).find((event) => event.type === 'session.ended')?.body).toEqual({
      reason: 'revoked',
      message: 'the run was revoked',
    })
  })

  it('takes as many turns of the spool as it likes and stays one gapless chain', async () => {
    const dir = aSpoolDir()
    const recordings = openRecordings(dir, { segmentBytes: 64 * 1024 })
    const recording = recordings.start(aWho, 'default')
    for (let i = 0; i < 500; i++) recording.append('terminal.resize', resize(i + 1))
    recording.end('client')
    await recordings.close()
    const events = eventsIn(dir).filter((event) => event.sessionId === recording.sessionId)
    expect(walkSequence(events, null)).toMatchObject({ completeness: 'complete', events: 501 })
  })
})

describe('after the gateway died', () => {
  it('says of each session that was open that something may be missing, and ends it', async () => {
    const dir = aSpoolDir()
    const died = openRecordings(dir)
    const recording = died.start(aWho, 'default')
    recording.append('session.started', started)
    await until(() => died.outbox.writtenTo === died.outbox.position)
    // No close: the process is gone from here on.
    const next = openRecordings(dir, {}, '019aa0c0-0000-7000-8000-0000000000b1')
    await next.close()
    const events = eventsIn(dir).filter((event) => event.sessionId === recording.sessionId)
    expect(events.map((event) => event.type)).toEqual(['session.started', 'recording.gap', 'session.ended'])
    expect(walkSequence(events, null)).toMatchObject({ completeness: 'gap', missing: [], conflicts: [], declaredGaps: [1] })
  })

  it('says so once, even when the next gateway dies before it could', async () => {
    const dir = aSpoolDir()
    const died = openRecordings(dir)
    const recording = died.start(aWho, 'default')
    recording.append('session.started', started)
    await until(() => died.outbox.writtenTo === died.outbox.position)
    for (const boot of ['c', 'd', 'e']) openRecordings(dir, {}, `019aa0c0-0000-7000-8000-0000000000b${boot}`)
    const last = openRecordings(dir, {}, '019aa0c0-0000-7000-8000-0000000000bf')
    await last.close()
    const events = eventsIn(dir).filter((event) => event.sessionId === recording.sessionId)
    expect(events.map((event) => event.type)).toEqual(['session.started', 'recording.gap', 'session.ended'])
  })
})
