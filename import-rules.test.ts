import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const biome = resolve('node_modules/.bin/biome')
const copy = mkdtempSync(join(tmpdir(), 'hoptrace-rules-'))
copyFileSync('biome.json', join(copy, 'biome.json'))

/** What the linter, with the project's rules, says of a file with this content at this place. */
function lint(path: string, source: string): { isRefused: boolean; says: string } {
  const file = join(copy, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  const { status, stdout, stderr } = spawnSync(biome, ['lint', '--vcs-enabled=false', path], { cwd: copy, encoding: 'utf8' })
  return { isRefused: status !== 0, says: stdout + stderr }
}

const use = (name: string) => `import { x } from '${name}'\n\nconsole.log(x)\n`

describe('the import rules', () => {
  it.each([
    ['libs/events/src/fixture.ts', '@hoptrace/store'],
    ['libs/hopchain/src/fixture.ts', '@hoptrace/store'],
    ['libs/hopchain/src/fixture.ts', 'node:fs'],
    ['libs/store/src/fixture.ts', '@hoptrace/bus'],
    ['apps/api/src/fixture.ts', '@hoptrace/gateway'],
    ['apps/gateway/src/fixture.ts', '@hoptrace/testing'],
    ['apps/web/src/fixture.ts', '@hoptrace/store'],
    ['apps/gateway/src/fixture.ts', '@hoptrace/events/src/chain.ts'],
    ['apps/gateway/src/fixture.ts', '../../../libs/events/src/chain.ts'],
  ])('forbid %s to import %s', (path, name) => {
    const { isRefused, says } = lint(path, use(name))
    expect(isRefused).toBe(true)
    expect(says).toContain('noRestrictedImports')
  })

  it.each([
    ['libs/hopchain/src/fixture.ts', '@hoptrace/events'],
    ['apps/api/src/fixture.ts', '@hoptrace/store'],
    ['apps/standalone/src/fixture.ts', '@hoptrace/gateway'],
    ['apps/gateway/src/fixture.test.ts', '@hoptrace/testing'],
  ])('allow %s to import %s', (path, name) => {
    expect(lint(path, use(name))).toMatchObject({ isRefused: false })
  })

  it('let only config.ts read the environment', () => {
    const source = 'export const home = process.env.HOME\n'
    expect(lint('apps/gateway/src/fixture.ts', source).isRefused).toBe(true)
    expect(lint('apps/gateway/src/config.ts', source).isRefused).toBe(false)
  })

  it('keep the clock out of pure libs', () => {
    expect(lint('libs/hopchain/src/fixture.ts', 'export const now = () => Date.now()\n').isRefused).toBe(true)
  })
})
