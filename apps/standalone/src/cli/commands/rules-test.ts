import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { KnownEvent } from '@hoptrace/events'
import { type Finding, type RuleRecord, RuleSet, recordsOfEvent, ruleId } from '@hoptrace/rules'
import type { Command } from 'commander'
import { examples, outputOf } from '../context.ts'
import { CliError, ExitCode, faultLine } from '../exit.ts'
import { type Column, shortTime } from '../table.ts'
import { checked, ruleText } from './rules-check.ts'

type Found = { rule: string; title: string; at: string; anchor: string; records: number }

const columns: Column<Found>[] = [
  { title: 'at', of: (found) => shortTime(found.at) },
  { title: 'rule', of: (found) => found.rule },
  { title: 'first record', of: (found) => found.anchor },
  { title: 'records', of: (found) => found.records, align: 'right' },
  { title: 'title', of: (found) => found.title },
]

export function addRulesTest(rules: Command): void {
  rules
    .command('test')
    .description('what rules find in events of a file; needs no server')
    .argument('<file>', 'rules as YAML; - for standard input')
    .requiredOption('--events <file>', 'events, one a line: as sessions export writes them, or of a Kubernetes audit log')
    .addHelpText('after', examples('rules test mine.yml --events session.jsonl', 'rules test mine.yml --events audit.log --json'))
    .action(async (file: string, { events }: { events: string }, command: Command) => {
      const output = outputOf(command)
      const { rules: own, beside, faults } = checked(await ruleText(file), file)
      if (faults.length > 0) throw new CliError(ExitCode.failure, faults.map((fault) => `${file}:${faultLine(fault)}`).join('\n'))
      const { records, unread } = await recordsIn(events)
      const isOwn = new Set(own.map(ruleId))
      const { set } = RuleSet.of([...beside, ...own])
      const findings = [...records.flatMap((record) => set.push(record)), ...set.advance(Number.MAX_SAFE_INTEGER)]
      if (unread > 0) output.warn(`${unread} lines are no events that this version knows`)
      const found = findings.filter(({ rule }) => isOwn.has(ruleId(rule))).map(foundIn)
      output.table(found, columns, `Nothing found in ${records.length} records.`)
    })
}

function foundIn({ rule, anchor, refs, tsUs }: Finding): Found {
  return { rule: ruleId(rule), title: rule.title, at: new Date(tsUs / 1000).toISOString(), anchor, records: refs.length }
}

/** In the order of event time. @throws CliError when the file cannot be read */
async function recordsIn(file: string): Promise<{ records: RuleRecord[]; unread: number }> {
  const records: RuleRecord[] = []
  let [unread, line] = [0, 0]
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1
      if (text.trim() === '') continue
      const read = recordsOf(text, line)
      if (read === null) unread += 1
      else records.push(...read)
    }
  } catch {
    throw new CliError(ExitCode.usage, `${file} cannot be read`)
  }
  return { records: records.sort((a, b) => a.tsUs - b.tsUs), unread }
}

function recordsOf(text: string, line: number): RuleRecord[] | null {
  const json = jsonOf(text)
  if (isAudit(json)) {
    const tsUs = Date.parse(String(json.requestReceivedTimestamp ?? json.stageTimestamp)) * 1000
    return [
      { ref: `line:${line}`, tsUs: Number.isFinite(tsUs) ? tsUs : 0, source: { product: 'kubernetes', service: 'audit' }, fields: json },
    ]
  }
  const event = KnownEvent.safeParse(json)
  return event.success ? recordsOfEvent(event.data) : null
}

function isAudit(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && 'auditID' in json && 'verb' in json
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
