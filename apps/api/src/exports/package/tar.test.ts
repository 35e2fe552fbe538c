import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { TAR_END, tarHeader, tarPadding } from './tar.ts'

const directory = mkdtempSync(join(tmpdir(), 'hoptrace-tar-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const MTIME = 1_790_000_000
const archiveOf = (files: readonly [string, Buffer][]) =>
  Buffer.concat([
    ...files.flatMap(([path, content]) => [
      tarHeader({ path, bytes: content.length, mtimeSeconds: MTIME }),
      content,
      tarPadding(content.length),
    ]),
    TAR_END,
  ])

function tar(args: string[], archive: Buffer): string {
  const file = join(directory, 'a.tar')
  writeFileSync(file, archive)
  return execFileSync('tar', [...args, '-f', file], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
}

describe('an archive', () => {
  it('gives tar back what was put in, whatever its length', () => {
    const files = [0, 1, 511, 512, 513, 100_000].map((length): [string, Buffer] => [`a/${length}.bin`, Buffer.alloc(length, 7)])
    tar(['-x', '-C', directory], archiveOf(files))
    for (const [path, content] of files) {
      expect(readFileSync(join(directory, path)).equals(content)).toBe(true)
      expect(statSync(join(directory, path)).mtimeMs).toBe(MTIME * 1000)
      expect(statSync(join(directory, path)).mode & 0o777).toBe(0o600)
    }
  })

  it('keeps any plain path of up to 255 characters that its slashes part (300 cases)', () => {
    const part = fc.string({ unit: fc.constantFrom(...'abcdefXYZ019._-'), minLength: 1, maxLength: 60 }).map((text) => `p${text}`)
    const paths = fc.sample(fc.array(part, { minLength: 1, maxLength: 4 }), { numRuns: 300, seed: 5 }).map((parts) => parts.join('/'))
    const listed = tar(['-t'], archiveOf(paths.map((path) => [path, Buffer.from('x')])))
    expect(listed.trimEnd().split('\n')).toEqual(paths)
  })

  it('tells a size beyond eight gibibytes', () => {
    const bytes = 9 * 1024 ** 3
    const file = join(directory, 'huge.tar')
    writeFileSync(file, tarHeader({ path: 'huge.bin', bytes, mtimeSeconds: MTIME }))
    // Only the header stands there: tar lists it, then misses the bytes.
    const listed = (() => {
      try {
        return execFileSync('tar', ['-tvf', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    })()
    expect(listed).toContain(` ${bytes} `)
  })

  it.each(['../up', 'a/../b', '/rooted', 'a//b', 'line\nfeed', 'a b', '', 'é', '.', 'a/./b', `${'a'.repeat(101)}`])(
    'refuses %j as a path',
    (path) => {
      expect(() => tarHeader({ path, bytes: 0, mtimeSeconds: 0 })).toThrow(RangeError)
    },
  )
})
