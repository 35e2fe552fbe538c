import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { factsOfRun } from '../results.ts'
import { renderTable } from '../table.ts'
import { fit } from './fit.ts'
import { realRunSection } from './real-runs/report-runs.ts'
import { PivotRecorder } from './record/record-pivots.ts'
import { fleetSections } from './report.ts'
import { aCase, type Measured, measure, REPORTED } from './run-fleets.ts'
import { speedRows } from './speed.ts'
import { storePathRows } from './store-path.ts'

// `npm run bench:hopchain [-- --runs DIRECTORY | --fit]`: what HOPCHAIN.md describes. Writes RESULTS-hopchain.md; with --fit it only prints.
const PAGE = 'bench/RESULTS-hopchain.md'
const SYNTHETIC =
  'Everything under the first headings is **synthetic**: fleets and attacks that [HOPCHAIN.md](HOPCHAIN.md) describes, made from seeds that no weight was fitted on.'

const SPEED = 'In one process and without a bus. CPU time of one core.'
const NO_RUNS = '## Runs that others recorded\n\nSkipped: no directory was given (`--runs DIRECTORY`).'

async function main(): Promise<void> {
  const { values: asked } = parseArgs({ options: { fit: { type: 'boolean', default: false }, runs: { type: 'string' } } })
  const pivots = await PivotRecorder.load()
  if (asked.fit) return fit(pivots)
  const measured: Measured[] = REPORTED.map((seed) => {
    process.stderr.write(`${seed} `)
    return measure(aCase(seed, pivots))
  })
  const events = measured.reduce((sum, one) => sum + one.events, 0)
  const attacks = measured.reduce((sum, one) => sum + one.outcome.attacks.length, 0)
  const how = `${measured.length} fleets, ${attacks} attacks, ${events} events; in parentheses 95 % intervals. Ranked: alerts of the shipped rules, by response, severity and weakest link.`
  const real = asked.runs === undefined ? NO_RUNS : realRunSection(asked.runs, pivots)
  const facts = factsOfRun(`npm run bench:hopchain${asked.runs === undefined ? '' : ' -- --runs DIRECTORY'}`)
  const speed = [...speedRows(pivots), ...(await storePathRows(pivots))]
  const sections = [...fleetSections(measured, how), `## Speed\n\n${SPEED}\n\n${renderTable(speed)}`, real]
  const page = ['# Figures of hop chains', facts, SYNTHETIC, ...sections].join('\n\n')
  console.log(page)
  writeFileSync(PAGE, `${page}\n`)
}

// The store's engine keeps threads.
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
