import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

export type Kubectl = { path: string /** `1.31` */; version: string; minor: number }

/** The oldest that the gateway is tried with. */
const OLDEST_MINOR = 27
/** Where Google's Cloud SDK, which ships several versions side by side, is installed. */
const CLOUD_SDK = ['/usr/lib/google-cloud-sdk/bin', '/opt/google-cloud-sdk/bin', '/usr/local/google-cloud-sdk/bin']

let found: Kubectl[] | null = null

/** Every kubectl from 1.27 on: `kubectl` of the PATH, and `kubectl.1.*` beside it and in a Cloud SDK. One a minor version, oldest first. */
export function kubectlsFound(): Kubectl[] {
  found ??= search()
  return found
}

/** Is there a kubectl that is new enough? Null, or why not. */
export function kubectlMissing(): string | null {
  return kubectlsFound().length > 0 ? null : `there is no kubectl from 1.${OLDEST_MINOR} on here`
}

function search(): Kubectl[] {
  const byMinor = new Map<number, Kubectl>()
  for (const path of candidates()) {
    const kubectl = versionOf(path)
    if (kubectl && kubectl.minor >= OLDEST_MINOR && !byMinor.has(kubectl.minor)) byMinor.set(kubectl.minor, kubectl)
  }
  return [...byMinor.values()].sort((a, b) => a.minor - b.minor)
}

function candidates(): string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'))
  const plain = onPath.filter((path) => existsSync(path))
  const folders = [...plain.map((path) => dirname(realpathSync(path))), ...CLOUD_SDK, join(homedir(), 'google-cloud-sdk/bin')]
  const versioned = [...new Set(folders)].filter((folder) => existsSync(folder)).flatMap(versionedIn)
  // A plain `kubectl` may be one that starts another version than its own: those that name theirs come first.
  return [...versioned, ...plain]
}

function versionedIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /^kubectl\.1\.\d+$/.test(name))
  return names.map((name) => join(folder, name))
}

function versionOf(path: string): Kubectl | null {
  const named = /kubectl\.1\.(\d+)$/.exec(path)
  const minor = Number(named?.[1] ?? askedMinor(path))
  return Number.isInteger(minor) ? { path, version: `1.${minor}`, minor } : null
}

function askedMinor(path: string): string | undefined {
  try {
    const answer = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return /"gitVersion":\s*"v1\.(\d+)/.exec(answer)?.[1]
  } catch {
    return undefined
  }
}
