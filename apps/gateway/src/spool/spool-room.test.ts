import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { segmentFileName } from '@hoptrace/bus'
import { expect, it } from 'vitest'
import { SpoolRoom } from './spool-room.ts'

it('tells once when the spool fills, when it is full, and when there is room again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-room-'))
  const heard: string[] = []
  const room = new SpoolRoom(dir, 1000, (level, { bytes }) => heard.push(`${level} ${bytes}`))
  const segment = (n: number, bytes: number) => {
    writeFileSync(join(dir, segmentFileName(n)), '')
    truncateSync(join(dir, segmentFileName(n)), bytes)
  }
  writeFileSync(join(dir, 'durable'), 'x'.repeat(5000))
  for (const [n, bytes] of [400, 399, 1, 200].entries()) {
    segment(n, bytes)
    await room.measure()
    await room.measure()
  }
  expect(room.isFull).toBe(true)
  rmSync(join(dir, segmentFileName(0)))
  await room.measure()
  expect(heard).toEqual(['filling 800', 'full 1000', 'roomy 600'])
  expect(room.isFull).toBe(false)
})
