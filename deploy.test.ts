import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const pages = ['README', 'METRICS', 'KAFKA', 'SIZING'].map((name) => `deploy/${name}.md`)
const manifests = readdirSync('deploy/kubernetes')
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => `deploy/kubernetes/${name}`)
const files = [...pages, 'docker-compose.yml', 'docker-compose.standalone.yml', 'Dockerfile', ...manifests]
const sources = ['apps', 'libs']
  .flatMap(sourcesIn)
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')
const scripts = Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts)

/** TypeScript of every workspace in a folder, but for tests. */
function sourcesIn(folder: string): string[] {
  const workspaces = readdirSync(folder)
    .map((name) => join(folder, name, 'src'))
    .filter((path) => existsSync(path))
  const all = workspaces.flatMap((src) => readdirSync(src, { recursive: true, encoding: 'utf8' }).map((path) => join(src, path)))
  return all.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
}

/** Settings of other people's images, and what stands for a secret in the deployment alone. */
const NOT_OURS =
  /^KAFKA_(?:CLUSTER_ID|PROCESS_ROLES|NODE_ID|CONTROLLER_|INTER_BROKER|LISTENER|ADVERTISED|SASL_ENABLED|LOG_DIRS|AUTO_|OFFSETS_|TRANSACTION_|HEAP_)|_PASSWORD$/

describe('the deployment', () => {
  it.each(files)('gives only settings that some process reads: %s', (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/\b(?:HOPTRACE|KAFKA|OTEL)_[A-Z_]+\b/g)].map(([name]) => name)
    const unknown = [...new Set(named)].filter((name) => !NOT_OURS.test(name) && !sources.includes(name))
    expect(unknown.filter((name) => !/_$/.test(name))).toEqual([])
  })

  it.each(files)('runs only programs that are built: %s', (file) => {
    for (const [, main = ''] of readFileSync(file, 'utf8').matchAll(/((?:apps|libs)\/[\w/-]+)\.js\b/g)) {
      const source = main.includes('/dist/') ? `${main.replace('/dist/', '/src/')}.ts` : `${main}.js`
      expect([main, existsSync(source)]).toEqual([main, true])
    }
  })

  it.each(pages)('leads only to files that are there, and names only scripts that there are: %s', (page) => {
    const text = readFileSync(page, 'utf8')
    for (const [, path = ''] of text.matchAll(/\]\(([^):]+)\)/g))
      expect([path, existsSync(join(dirname(page), path))]).toEqual([path, true])
    const named = [...text.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = '']) => name).filter((name) => name !== 'ci')
    for (const name of named) expect(scripts).toContain(name)
  })

  it('keeps secrets out of commits and images', () => {
    for (const file of ['.gitignore', '.dockerignore']) expect(readFileSync(file, 'utf8').split('\n')).toContain('.env')
  })
})
