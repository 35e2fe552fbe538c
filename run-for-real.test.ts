import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { clickHouseHttpMissing, kafkaMissing } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectFree, Terminal } from './run-for-real.test-support.ts'

const missing = kafkaMissing() ?? clickHouseHttpMissing()
if (missing !== null) {
  if (process.env.CI === 'true') throw new Error(`The README's Run it for real cannot be followed: ${missing}`)
  console.warn(`Skipped: the README's Run it for real (${missing})`)
}

/** Lines of the shell blocks of a section, without what they say of themselves. */
function blocksOf(section: string): string[][] {
  const readme = readFileSync('README.md', 'utf8')
  const start = readme.indexOf(`## ${section}\n`)
  const text = readme.slice(start, readme.indexOf('\n## ', start))
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '')),
  )
}

// Everything of the checkout, but files that are written beside it stay here.
function copyOfCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hoptrace-for-real-'))
  for (const name of ['package.json', 'node_modules', 'apps', 'libs', 'deploy', 'migrations', 'tsconfig.base.json', 'tsconfig.json']) {
    symlinkSync(resolve(name), join(folder, name))
  }
  return folder
}

/** Where the processes listen, by the README's lines and the configuration that these name. */
function portsIn(lines: readonly string[]): number[] {
  const text = [...lines, readFileSync('deploy/hoptrace.local.yaml', 'utf8').replaceAll(/#.*/g, '')].join('\n')
  const ports = [...text.matchAll(/(?:127\.0\.0\.1:|OPS_LISTEN=)(\d+)/g)].map(([, port]) => Number(port))
  return [...new Set(ports)]
}

describe.skipIf(missing !== null)("the README's Run it for real, followed word for word", () => {
  const [servers = [], environment = [], processes = [], questions = []] = blocksOf('Run it for real')
  const cwd = copyOfCheckout()
  const started: Terminal[] = []

  beforeAll(async () => {
    const [build, secrets = '', kafka = '', clickhouse = ''] = servers
    expect(build).toBe('npm ci && npm run build')
    await expectFree(portsIn([...environment, ...processes, ...questions]))
    execFileSync('bash', ['-c', secrets], { cwd, stdio: 'ignore' })
    await Promise.all([enter([kafka]).says(/Kafka listens/), enter([clickhouse]).says(/ClickHouse listens/)])
    const [migrate = '', ...mains] = processes
    execFileSync('bash', ['-c', inTerminal(migrate)], { cwd, stdio: 'inherit' })
    const running = mains.map((main) => ({ terminal: enter([...environment, main]), port: opsPortIn(main) }))
    await Promise.all(running.map(({ terminal, port }) => terminal.isReadyAt(port)))
  }, 240_000)

  afterAll(async () => {
    // The processes first: they drain into what they stand on.
    for (const terminal of started.reverse()) await terminal.close()
  }, 240_000)

  it('ends with a platform that says that it records', { timeout: 180_000 }, async () => {
    let health = ''
    while (!health.includes('"state":"recording"')) {
      health = execFileSync('bash', ['-c', inTerminal(questions[0] ?? '')], { cwd, encoding: 'utf8' })
      await new Promise((next) => setTimeout(next, 500))
    }
  })

  it('ends with a link to log in by', { timeout: 180_000 }, () => {
    expect(execFileSync('bash', ['-c', inTerminal(questions[1] ?? '')], { cwd, encoding: 'utf8' })).toMatch(/http:\/\/127\.0\.0\.1:6480\//)
  })

  function inTerminal(line: string): string {
    return [...environment, line].join('\n')
  }

  function enter(lines: readonly string[]): Terminal {
    const terminal = new Terminal(lines, cwd)
    started.push(terminal)
    return terminal
  }
})

function opsPortIn(line: string): number {
  return Number(/HOPTRACE_OPS_LISTEN=(\d+)/.exec(line)?.[1])
}
