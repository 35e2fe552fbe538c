import { writeFileSync } from 'node:fs'
import { factsOfRun } from '../results.ts'
import { PivotRecorder } from './record/record-pivots.ts'
import { fleetSections } from './report.ts'
import { aCase, type Measured, measure, REPORTED } from './run-fleets.ts'

// `npm run bench:hopchain`: what HOPCHAIN.md describes. Writes RESULTS-hopchain.md.
const PAGE = 'bench/RESULTS-hopchain.md'
const SYNTHETIC =
  'Everything under the first headings is **synthetic**: fleets and attacks that [HOPCHAIN.md](HOPCHAIN.md) describes, made from seeds that no weight was fitted on.'

async function main(): Promise<void> {
  const pivots = await PivotRecorder.load()
  const measured: Measured[] = REPORTED.map((seed) => {
    process.stderr.write(`${seed} `)
    return measure(aCase(seed, pivots))
  })
  const events = measured.reduce((sum, one) => sum + one.events, 0)
  const attacks = measured.reduce((sum, one) => sum + one.outcome.attacks.length, 0)
  const how = `${measured.length} fleets, ${attacks} attacks, ${events} events; in parentheses 95 % intervals. Ranked by the score of chains.`
  const page = ['# Figures of hop chains', factsOfRun('npm run bench:hopchain'), SYNTHETIC, ...fleetSections(measured, how)].join('\n\n')
  console.log(page)
  writeFileSync(PAGE, `${page}\n`)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
