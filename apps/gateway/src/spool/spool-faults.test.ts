import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { walkSequence } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { aSpoolDir, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'

const writer = join(dirname(fileURLToPath(import.meta.url)), '../../dist/spool/spool-writer.test-support.js')

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What the writer said while strace did this to it. */
function recordUnder(inject: string, dir: string, asks = 40): Promise<string[]> {
  const args = [
    '-f',
    '-qqq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${inject.split(':')[0]}`,
    '-e',
    `inject=${inject}`,
    process.execPath,
    writer,
    dir,
    String(asks),
  ]
  // strace counts calls a thread: with one thread in the pool, the nth sync is the nth.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
  return new Promise((resolve) => {
    execFile('strace', args, { env }, (_error, stdout) => resolve(stdout.trim().split('\n').filter(Boolean)))
  })
}

/** Every seq that a caller saw an answer to must be stored, once, in an unbroken chain. */
async function expectKept(dir: string, said: readonly string[]): Promise<void> {
  await openRecordings(dir, {}, '019aa0c0-0000-7000-8000-0000000000ff').close()
  const events = eventsIn(dir)
  for (const line of said) {
    const [word, sessionId, seq] = line.split(' ')
    if (word !== 'released') continue
    expect(events.filter((event) => event.sessionId === sessionId && event.seq === Number(seq))).toHaveLength(1)
  }
  for (const sessionId of new Set(events.map((event) => event.sessionId))) {
    const report = walkSequence(
      events.filter((event) => event.sessionId === sessionId),
      null,
    )
    expect(report).toMatchObject({ missing: [], conflicts: [] })
  }
}

const canTrace = hasStrace()
if (!existsSync(writer)) throw new Error('The spool fault tests run built code: npm run build')
if (!canTrace && process.env.CI === 'true') throw new Error('The spool fault tests need strace, which is not installed')
const points = Array.from({ length: 17 }, (_, i) => 1 + i * 5)

describe.skipIf(!canTrace)(`spool faults${canTrace ? '' : ' (skipped: strace is not installed)'}`, () => {
  it.each(points)('keeps every answered event when fdatasync %i kills the process', async (when) => {
    const dir = aSpoolDir()
    await expectKept(dir, await recordUnder(`fdatasync:signal=SIGKILL:when=${when}`, dir))
  })

  it.each(points)('keeps every answered event when write %i kills the process', async (when) => {
    const dir = aSpoolDir()
    await expectKept(dir, await recordUnder(`pwrite64:signal=SIGKILL:when=${when}`, dir))
  })

  it.each([5, 9, 23])('writes again elsewhere, from memory, what fdatasync %i failed to sync', async (when) => {
    const dir = aSpoolDir()
    const said = await recordUnder(`fdatasync:error=EIO:when=${when}`, dir)
    expect(said.at(-1)).toBe('done')
    await expectKept(dir, said)
  })

  it.each([4, 7, 20])('lets nobody in unrecorded when the disk is full from write %i on', async (when) => {
    const dir = aSpoolDir()
    const said = await recordUnder(`pwrite64:error=ENOSPC:when=${when}+`, dir)
    expect(said.at(-1)).toBe('refused recording')
    await expectKept(dir, said)
  })

  it('ends its sessions when every file fails to sync', async () => {
    const dir = aSpoolDir()
    const said = await recordUnder('fdatasync:error=EIO:when=6+', dir)
    expect(said.at(-1)).toBe('refused recording')
    await expectKept(dir, said)
  })
})
