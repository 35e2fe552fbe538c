import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { factsOfRun } from './results.ts'

/** Where faults are injected, in processes, at system calls, at the broker and at the store. */
const SUITES = [
  'apps/standalone/src/faults',
  'apps/gateway/src/spool',
  'apps/gateway/src/relay/relay-kill',
  'apps/ingest/src/kafka-ingest',
  'libs/bus/src/kafka/consumer-process',
]

type Claim = { fullName: string; status: string; duration?: number }
type Report = { numPassedTests: number; numFailedTests: number; testResults: { name: string; assertionResults: Claim[] }[] }

/** Runs the faults at their full number, and writes what came of each claim to bench/FAULTS.md. */
async function main(): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-faults-')), 'report.json')
  const args = ['vitest', 'run', ...SUITES, '--reporter=default', '--reporter=json', `--outputFile=${file}`]
  // Each file at its own time: a suite that kills processes wants the machine to itself.
  const child = spawn('npx', [...args, '--no-file-parallelism'], { env: { ...process.env, HOPTRACE_FAULTS: 'long' }, stdio: 'inherit' })
  const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)))
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  writeFileSync('bench/FAULTS.md', pageOf(report))
  process.exit(code)
}

function pageOf({ numPassedTests, numFailedTests, testResults }: Report): string {
  const rows = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((claim) => `| ${shortName(name)} | ${oneLine(claim.fullName)} | ${claim.status} | ${seconds(claim.duration)} |`),
  )
  const head = `# Faults\n\n${factsOfRun('npm run faults')}\n\n${numPassedTests} passed, ${numFailedTests} failed.\n`
  return `${head}\n| suite | claim | result | seconds |\n| --- | --- | --- | --- |\n${rows.sort().join('\n')}\n`
}

function shortName(path: string): string {
  return path.replace(`${process.cwd()}/`, '').replace('/src/', '/').replace('.test.ts', '')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim()
}

function seconds(ms: number | undefined): string {
  return ((ms ?? 0) / 1000).toFixed(1)
}

await main()
