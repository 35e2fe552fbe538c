import { Backtest, type BacktestRequest, RuleDetail, type RuleSummary, RulesAnswer, type SaveRuleRequest } from '@hoptrace/api'
import { readRuleFile, ruleId } from '@hoptrace/rules'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { type Column, oneLine, shortTime } from '../table.ts'
import { addRulesCheck, ruleText } from './rules-check.ts'
import { addRulesTest } from './rules-test.ts'

const columns: Column<RuleSummary>[] = [
  { title: 'rule', of: (rule) => rule.id },
  { title: 'origin', of: (rule) => rule.origin },
  { title: 'severity', of: (rule) => rule.severity },
  { title: 'response', of: (rule) => (rule.isEnabled ? rule.response : 'off') },
  { title: 'alerts 7 d', of: (rule) => rule.alerts, align: 'right' },
  { title: 'revision', of: (rule) => rule.revision },
  { title: 'title', of: (rule) => rule.title },
]

export function addRules(program: Command): void {
  const rules = program.command('rules').description('Sigma rules that raise alerts: shipped ones, and your own')
  rules
    .command('list')
    .description('all of them, with the alerts of the last 7 days')
    .addHelpText('after', examples('rules list'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const { items } = await connection.api.get('/rules', RulesAnswer)
      output.table(items, columns, 'No rules.')
    })
  rules
    .command('show')
    .description('the text of a rule')
    .argument('<rule>', 'its id')
    .addHelpText('after', examples('rules show 80c222bd-…', 'rules show 80c222bd-… > mine.yml'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const rule = await connection.api.get(`/rules/${encodeURIComponent(id)}`, RuleDetail)
      if (output.isJson) output.json(rule)
      else output.line(rule.text.trimEnd())
    })
  addRulesCheck(rules)
  addRulesTest(rules)
  addBacktest(rules)
  addSave(rules)
  addSwitch(rules)
}

function addBacktest(rules: Command): void {
  rules
    .command('backtest')
    .description('what rules would have raised over recorded history; nothing is stored')
    .argument('<file>', 'rules as YAML; - for standard input')
    .option('--from <time>', 'start of the range (RFC 3339); default a week before its end')
    .option('--to <time>', 'end of the range; default now')
    .option('--response <response>', 'as what they would answer: page, queue or log')
    .addHelpText('after', examples('rules backtest mine.yml', 'rules backtest mine.yml --response page --from 2026-11-01T00:00:00Z'))
    .action(async (file: string, options: Omit<BacktestRequest, 'text'>, command: Command) => {
      const { output, connection } = contextOf(command)
      const found = await connection.api.post('/rules/backtest', { text: await ruleText(file), ...options }, Backtest)
      if (output.isJson) return output.json(found)
      for (const line of backtestLines(found)) output.line(line)
    })
}

function addSave(rules: Command): void {
  rules
    .command('save')
    .description('save a rule of your own, new or changed')
    .argument('<file>', 'rules as YAML; - for standard input')
    .option('--id <id>', 'which of its rules names the file; default the last one')
    .option('--response <response>', 'page, queue or log, whatever the rule says')
    .option('--revision <revision>', 'the revision that you edited; default the present one')
    .option('--backtest <digest>', 'of the backtest that you looked at: needed for what pages')
    .addHelpText('after', examples('rules save mine.yml', 'rules save mine.yml --response page --backtest "$DIGEST"'))
    .action(async (file: string, { id: named, revision, ...options }: SaveOptions, command: Command) => {
      const text = await ruleText(file)
      const last = readRuleFile(text, file).rules.at(-1)
      const id = named ?? (last ? ruleId(last) : undefined)
      if (id === undefined) throw new CliError(ExitCode.usage, `${file} holds no rule that can be read: hoptrace rules check ${file}`)
      await save(command, id, { text, ...options }, revision)
    })
}

function addSwitch(rules: Command): void {
  rules
    .command('switch')
    .description('turn a rule on or off, or change who is told')
    .argument('<rule>', 'its id')
    .option('--response <response>', 'page, queue or log')
    .option('--on', 'turn it on')
    .option('--off', 'turn it off')
    .option('--revision <revision>', 'the revision that you saw; default the present one')
    .option('--backtest <digest>', 'of the backtest that you looked at: needed for what pages')
    .addHelpText('after', examples('rules switch 80c222bd-… --response log', 'rules switch 80c222bd-… --off'))
    .action(async (id: string, { on, off, revision, ...options }: SaveOptions & { on?: true; off?: true }, command: Command) => {
      if (on && off) throw new CliError(ExitCode.usage, 'Either --on or --off.')
      await save(command, id, { ...options, ...(on || off ? { isEnabled: on === true } : {}) }, revision)
    })
}

type SaveOptions = { id?: string; revision?: string } & Pick<SaveRuleRequest, 'response' | 'backtest'>

async function save(command: Command, id: string, request: Omit<SaveRuleRequest, 'revision'>, seen: string | undefined): Promise<void> {
  const { output, connection } = contextOf(command)
  const path = `/rules/${encodeURIComponent(id)}`
  const known = seen === undefined ? await connection.api.find(path, RuleDetail) : null
  const rule = await connection.api.put(path, { ...request, revision: seen ?? known?.revision ?? null }, RuleDetail)
  if (output.isJson) output.json(rule)
  else output.line(`${rule.id} is ${rule.isEnabled ? `on, ${rule.response}` : 'off'} (revision ${rule.revision})`)
}

function backtestLines({ range, looked, alerts, pages, perDay, samples, faults, isTruncated, digest }: Backtest): string[] {
  return [
    ...faults.map(({ line, column, message }) => `${line}:${column}: ${message}`),
    `${shortTime(range.from)} to ${shortTime(range.to)}: ${looked.chains} chains with ${looked.hops} hops, ${looked.events} events${isTruncated ? '; there is more than was looked at' : ''}`,
    `${alerts} alerts, ${pages} of them pages`,
    ...perDay.map((day) => `  ${day.day}  ${day.alerts} alerts, ${day.pages} pages`),
    ...samples.map((alert) => `${shortTime(alert.firstAt)}  ${alert.response}  ${oneLine(alert.sentence)}`),
    `digest ${digest}`,
  ]
}
