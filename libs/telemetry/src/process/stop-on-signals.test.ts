import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'

/** A process that lives until it is told to stop, and then does this. */
function living(stop: string, withinMs = 60_000): ChildProcess {
  const program = `
    import { standardLog, stopOnSignals } from '@hoptrace/telemetry'
    setInterval(() => undefined, 1000)
    stopOnSignals({ log: standardLog('test'), withinMs: ${withinMs}, stop: async () => { ${stop} } })
    console.log('ready')`
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Sends these signals, each once the line before it was read. @returns how it ended, and what it said */
async function ended(child: ChildProcess, signals: readonly NodeJS.Signals[]): Promise<{ code: number | null; said: string }> {
  const lines: string[] = []
  const left = [...signals]
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      const signal = left.shift()
      if (signal) child.kill(signal)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said: lines.join('\n') }
}

describe('a process that is told to stop', () => {
  it('drains, and ends with 0', async () => {
    const { code, said } = await ended(living("console.log('drained')"), ['SIGTERM'])
    expect([code, said]).toEqual([0, expect.stringMatching(/stopping[\s\S]*drained[\s\S]*stopped/)])
  })

  it('ends with 1 when it cannot stop in order, and says so by code', async () => {
    const { code, said } = await ended(living("throw Object.assign(new Error('hunter2'), { code: 'STORE_CLOSED' })"), ['SIGTERM'])
    expect([code, said]).toEqual([1, expect.stringContaining('STORE_CLOSED')])
    expect(said).not.toContain('hunter2')
  })

  it('gives a drain up that takes too long', async () => {
    const { code, said } = await ended(living('await new Promise(() => undefined)', 50), ['SIGTERM'])
    expect([code, said]).toEqual([1, expect.stringContaining('could not stop in time')])
  })

  it('ends at once when the signal comes again', async () => {
    const { code, said } = await ended(living('await new Promise(() => undefined)'), ['SIGTERM', 'SIGTERM'])
    expect([code, said]).toEqual([1, expect.stringContaining('forced to stop')])
  })

  it('takes the signals of a terminal and of a supervisor for one order', async () => {
    const drain = "await new Promise((resolve) => process.on('SIGTERM', resolve)); console.log('drained')"
    const { code, said } = await ended(living(drain), ['SIGINT', 'SIGTERM'])
    expect([code, said]).toEqual([0, expect.stringContaining('drained')])
  })
})
