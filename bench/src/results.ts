import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { type Row, renderTable } from './table.ts'

/** The page of figures that a command leaves. */
export function resultsOf(command: string, rows: readonly Row[]): string {
  return `# Figures\n\n${factsOfRun(command)}\n\n${renderTable(rows)}\n`
}

/** By which command, when, of which commit and on which machine. */
export function factsOfRun(command: string): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const date = new Date().toISOString().slice(0, 10)
  return `Written by \`${command}\` on ${date}, commit ${commit}, on ${machine}.`
}
