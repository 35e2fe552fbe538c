import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
/** The compiler writes many files at once. */
const SETTLED_MS = 500

/** The loop of whoever works on this: types are compiled, the platform restarts, and the web is replaced in the page, on every save. */
async function develop(): Promise<void> {
  const compiler = run('npx', ['tsc', '-b', '--watch', '--preserveWatchOutput'])
  const web = run('npm', ['run', 'dev', '-w', '@hoptrace/web'])
  let platform = serve()
  let isEnding = false
  const restart = debounced(async () => {
    await ended(platform)
    if (!isEnding) platform = serve()
  })
  for (const directory of compiledDirectories()) watch(directory, { recursive: true }, (_, file) => file?.endsWith('.js') && restart())
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(compiler, 'exit'), once(web, 'exit')])
  isEnding = true
  await Promise.all([compiler, web, platform].map(ended))
  process.exit(0)
}

function serve(): ChildProcess {
  return run(process.execPath, ['apps/standalone/bin/hoptrace.js', 'serve'])
}

function run(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function compiledDirectories(): string[] {
  const workspaces = ['apps', 'libs'].flatMap((kind) => readdirSync(join(ROOT, kind)).map((name) => join(ROOT, kind, name)))
  return workspaces
    .filter((path) => !path.endsWith('web'))
    .map((path) => join(path, 'dist'))
    .filter((path) => existsSync(path))
}

function debounced(act: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(act, SETTLED_MS)
  }
}

await develop()
