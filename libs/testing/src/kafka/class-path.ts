import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type KafkaRelease, projectOf, releases } from './releases.ts'

const FETCH_TIMEOUT_MS = 300_000

/** Where a release's libraries are kept: per user, outside of the repository, named by version. */
export function classPathDirectory(release: KafkaRelease): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const version = releases[release][0].split(':').at(-1)
  return join(cache, 'hoptrace', `kafka-${version}`)
}

/** The release's class path for `java -cp`, fetched from Maven Central the first time. */
export async function classPath(release: KafkaRelease): Promise<string> {
  const directory = classPathDirectory(release)
  if (!existsSync(directory)) await fetchInto(directory, release)
  return join(directory, '*')
}

async function fetchInto(directory: string, release: KafkaRelease): Promise<void> {
  mkdirSync(join(directory, '..'), { recursive: true })
  const work = mkdtempSync(`${directory}.fetching-`)
  try {
    writeFileSync(join(work, 'pom.xml'), projectOf(release))
    const jars = join(work, 'jars')
    await maven(work, ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'])
    moveInPlace(jars, directory)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function maven(cwd: string, goals: string[]): Promise<void> {
  try {
    await promisify(execFile)('mvn', ['--batch-mode', '--quiet', ...goals], { cwd, timeout: FETCH_TIMEOUT_MS })
  } catch (error) {
    const told = error instanceof Error && 'stdout' in error ? String(error.stdout).slice(-2000) : String(error)
    throw new Error(`Maven cannot fetch Apache Kafka: ${told}`)
  }
}

// Two processes may fetch at once: the directory appears whole or not at all, and the slower one yields.
function moveInPlace(jars: string, directory: string): void {
  try {
    renameSync(jars, directory)
  } catch (error) {
    if (!existsSync(directory)) throw error
  }
}
