import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveWhole } from './save-whole.ts'
import { ServedHoptrace } from './served.test-support.ts'

const SAID = 'hello-from-the-recording'
const BEFORE = new Date(Date.now() - 3_600_000).toISOString()
const AFTER = new Date(Date.now() + 3_600_000).toISOString()
const PERIOD = `${BEFORE}..${AFTER}`

let served: ServedHoptrace
beforeAll(async () => {
  served = await ServedHoptrace.start([], {})
  const folder = join(served.home, 'casts')
  mkdirSync(folder)
  const header = JSON.stringify({ version: 2, width: 80, height: 24, timestamp: Date.now() / 1000 - 60 })
  writeFileSync(join(folder, 'one.cast'), `${header}\n[0.1,"o","${SAID}\\r\\n"]\n`)
  expect(await served.run(['import', folder, '--principal', 'ana', '--target', 'laptop'])).toMatchObject({ code: 0 })
})
afterAll(() => served?.stop())

describe('hoptrace export', () => {
  it('writes an archive that tar unpacks and sha256sum finds whole', async () => {
    const out = join(served.home, 'all.tar.gz')
    const { code, stdout } = await served.run(['export', '--period', PERIOD, '--out', out])
    expect([code, stdout]).toEqual([0, expect.stringContaining('sha256sum -c SHA256SUMS')])
    expect(stdout).toContain(createHash('sha256').update(readFileSync(out)).digest('hex'))
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(existsSync(`${out}.part`)).toBe(false)
    const checked = await served.shell(`mkdir all && tar -xzf ${out} -C all --strip-components=1 && cd all && sha256sum -c SHA256SUMS`)
    expect(checked).toMatchObject({ code: 0, stdout: expect.not.stringContaining('FAILED') })
    expect((await served.shell('head -n 1 all/README.txt')).stdout).toBe('This export is not signed.\n')
    expect((await served.shell(`grep -rl ${SAID} all/sessions`)).stdout).toMatch(
      /events\.jsonl\n[\s\S]*terminal-0\.cast|terminal-0\.cast\n[\s\S]*events\.jsonl/,
    )
  })

  it('writes metadata alone when asked to, as a plain tar when named so', async () => {
    const out = join(served.home, 'metadata.tar')
    const { code, stdout } = await served.run(['export', '--period', PERIOD, '--metadata-only', '--out', out, '--json'])
    expect([code, JSON.parse(stdout)]).toEqual([0, { file: out, bytes: statSync(out).size, sha256: expect.any(String) }])
    expect(readFileSync(out).includes(SAID)).toBe(false)
    expect(readFileSync(out).includes('laptop')).toBe(true)
  })

  it.each([
    ['nothing named', ['export'], 2],
    ['two things named', ['export', '--chain', '0'.repeat(32), '--period', PERIOD], 2],
    ['half a period', ['export', '--period', `${BEFORE}..`], 2],
    ['a period of no moments', ['export', '--period', 'monday..friday'], 2],
    ['a report of no chain', ['export', '--period', PERIOD, '--report', 'x.html'], 2],
    ['an unknown chain', ['export', '--chain', '0'.repeat(32)], 3],
    ['an unknown run', ['export', '--run', '01890000-0000-7000-8000-000000000000'], 3],
    ['the report of an unknown chain', ['export', '--chain', '0'.repeat(32), '--report', 'x.html'], 3],
  ])('says what is wrong with %s, and writes nothing', async (_, args, code) => {
    const before = readdirSync(served.home)
    const ended = await served.run(args)
    expect(ended).toMatchObject({ code })
    expect(ended.stderr).not.toBe('')
    expect(readdirSync(served.home)).toEqual(before)
  })
})

describe('a download', () => {
  it('that breaks off leaves nothing, and keeps what stood under its name', async () => {
    const file = join(served.home, 'kept.tar.gz')
    writeFileSync(file, 'the export before')
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.alloc(1000))
        controller.error(new Error('gone'))
      },
    })
    await expect(saveWhole(broken, file, () => undefined)).rejects.toThrow('broke off before its end')
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.part`)]).toEqual(['the export before', false])
  })
})
