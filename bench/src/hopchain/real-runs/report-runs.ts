import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AlertPolicy } from '@hoptrace/rules'
import { alertsOf } from '../detect/alerts.ts'
import { detect, evidencedOf, policyFor, read } from '../detect/detect.ts'
import { recordFleet, type Told } from '../record/record-fleet.ts'
import type { PivotRecorder } from '../record/record-pivots.ts'
import { markdown } from '../report.ts'
import { type AttackRun, attackRun } from './attack-runs.ts'
import { benignRuns } from './benign-runs.ts'
import { reusesIn } from './reuses.ts'

/** What is found in runs that others recorded. @param directory that holds `agent-attack-runs` and `agent-benign-runs` */
export function realRunSection(directory: string, pivots: PivotRecorder): string {
  const attacks = filesIn(join(directory, 'agent-attack-runs')).map((file) =>
    attackRun(basename(file, '.json'), readFileSync(file, 'utf8')),
  )
  const benign = filesIn(join(directory, 'agent-benign-runs')).map((file) => benignRuns(readFileSync(file, 'utf8')))
  return [
    '## Runs that others recorded',
    'Not synthetic: what agents did. How it would have been recorded is told by adapters (`bench/src/hopchain/real-runs`), since nobody had a gateway there.',
    attackPart(attacks, pivots),
    benignPart(benign, pivots),
  ].join('\n\n')
}

function filesIn(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(directory, name))
}

function detected(told: Told, pivots: PivotRecorder) {
  const events = read(recordFleet(told, pivots).events)
  const found = detect(evidencedOf(events), policyFor(''))
  return { events, found, alerts: alertsOf(events, found, AlertPolicy.parse({})) }
}

function attackPart(runs: readonly AttackRun[], pivots: PivotRecorder): string {
  const head = [
    'run',
    'commands',
    'executors',
    'captured secrets reused by a later executor',
    'linked',
    'hops by class',
    'pivots named',
    'not seen',
    'alerts',
  ]
  const missed = new Map<string, number>()
  const lines = runs.map((run) => {
    const { events, found, alerts } = detected(run.told, pivots)
    const reuses = reusesIn(run, found)
    for (const { isLinked, why } of reuses) if (!isLinked) missed.set(why, (missed.get(why) ?? 0) + 1)
    const unseen = found.hops.filter(({ toAccess }) => found.accesses.get(toAccess)?.kind === 'unseen')
    const cells = [run.commands.length, run.told.sessions.length, reuses.length, reuses.filter(({ isLinked }) => isLinked).length]
    const named = events.filter(({ type }) => type === 'pivot.named').length
    return [
      run.name,
      ...cells.map(String),
      counted(found.hops.map((hop) => hop.class)),
      String(named),
      String(unseen.length),
      rulesOf(alerts),
    ]
  })
  const why = [...missed].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `- ${count} × ${reason}`)
  const about =
    '**Attacks**, [andreashappe/cochise](https://github.com/andreashappe/cochise) (MIT): a planner and its executors attack a Windows domain from one machine over SSH.'
  return [
    about,
    markdown(head, lines),
    why.length === 0 ? 'No reuse was missed.' : `Reuses that were missed, and why:\n\n${why.join('\n')}`,
  ].join('\n\n')
}

function benignPart(all: readonly Told[], pivots: PivotRecorder): string {
  const lines = all.map((told) => {
    const { events, found, alerts } = detected(told, pivots)
    return [told.runs.length, told.sessions.length, events.length, found.hops.length]
      .map(String)
      .concat(counted(found.hops.map((hop) => hop.class)), String(alerts.length))
  })
  const about =
    "**Honest work**, [sierra-research/tau-bench](https://github.com/sierra-research/tau-bench) (MIT): an airline's agent calls tools; every hop here is a false one. The recordings say no times; runs begin five minutes apart."
  return [about, markdown(['runs', 'sessions', 'events', 'hops', 'by class', 'alerts'], lines)].join('\n\n')
}

function rulesOf(alerts: ReturnType<typeof alertsOf>): string {
  return counted(alerts.flatMap(({ findings }) => findings.map(({ rule }) => rule.title)))
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ') || 'none'
}
