import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const readme = readFileSync('README.md', 'utf8')
const scripts = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts)

/** Lines of the shell blocks, those that go on in the next one joined. */
const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .trim()
    .split('\n'),
)
/** Commands of Hoptrace that stand anywhere in it: in blocks, in tables, in sentences. */
const commands = [
  ...readme.matchAll(
    /hoptrace (?:-- )?((?:sessions|chains|dead-letters|run|targets|import|verify|serve|publish|holds|service-tokens|login)(?: [a-z]+)?)/g,
  ),
]

const hoptrace = (args: readonly string[]) =>
  spawnSync(process.execPath, ['apps/standalone/bin/hoptrace.js', ...args], { encoding: 'utf8' })

describe('the README', () => {
  it('names only scripts that exist', () => {
    const named = lines
      .flatMap((line) => [...line.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name = '']) => name))
      .filter((name) => name !== 'ci')
    expect(named.length).toBeGreaterThan(3)
    for (const name of named) expect(scripts).toContain(name)
  })

  it.each([...new Set(commands.map(([, command = '']) => command))])('names a command that exists: %s', (command) => {
    expect(hoptrace([...command.split(' '), '--help'])).toMatchObject({ status: 0 })
  })

  it('names only options that its commands have', () => {
    for (const line of lines.filter((each) => each.includes('npm run hoptrace -- '))) {
      const [, command = ''] = /hoptrace -- ([a-z-]+(?: [a-z][a-z-]*)?)/.exec(line) ?? []
      const help = hoptrace([...command.trim().split(' '), '--help']).stdout
      for (const [option] of line.slice(line.indexOf(command)).matchAll(/ --[a-z-]+/g)) expect(help).toContain(option.trim())
    }
  })

  it('leads only to files that are there', () => {
    for (const [, path = ''] of readme.matchAll(/\]\(([^):]+)\)/g)) expect([path, existsSync(path)]).toEqual([path, true])
  })
})
