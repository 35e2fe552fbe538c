import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { RuleSet, readRuleFile, ruleId, shippedRules } from '@hoptrace/rules'
import type { Command } from 'commander'
import { examples, outputOf } from '../context.ts'
import { CliError, ExitCode, faultLine } from '../exit.ts'

export function addRulesCheck(rules: Command): void {
  rules
    .command('check')
    .description('what is wrong in a file of rules, by line and column; needs no server')
    .argument('<file>', 'rules as YAML; - for standard input')
    .addHelpText('after', examples('rules check mine.yml', 'rules check mine.yml --json'))
    .action(async (file: string, _: object, command: Command) => {
      const output = outputOf(command)
      const { rules: read, faults } = checked(await ruleText(file), file)
      if (output.isJson) output.json({ rules: read.map((rule) => ({ id: ruleId(rule), title: rule.title, kind: rule.kind })), faults })
      else for (const rule of read) output.line(`${ruleId(rule)}  ${rule.kind}  ${rule.title}`)
      if (faults.length === 0) return
      throw new CliError(ExitCode.failure, faults.map((fault) => `${file}:${faultLine(fault)}`).join('\n'))
    })
}

/** A file of rules, or standard input. @throws CliError when it cannot be read */
export async function ruleText(file: string): Promise<string> {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8')
  } catch {
    throw new CliError(ExitCode.usage, `${file} cannot be read`)
  }
}

/** The rules of a text, beside those that are shipped, and all that is wrong with them. */
export function checked(text: string, file: string) {
  const { rules, problems } = readRuleFile(text, file)
  const ids = new Set(rules.map(ruleId))
  const beside = shippedRules().rules.filter((rule) => !ids.has(ruleId(rule)))
  const { conflicts } = RuleSet.of([...beside, ...rules])
  const own = conflicts.filter(({ rule }) => rules.includes(rule))
  const faults = [
    ...problems.map(({ line, column, message }) => ({ line, column, message })),
    ...own.map(({ rule, message }) => ({ line: 1, column: 1, message: `${rule.title}: ${message}` })),
  ]
  if (rules.length === 0 && faults.length === 0) faults.push({ line: 1, column: 1, message: 'holds no rule' })
  return { rules, beside, faults }
}
