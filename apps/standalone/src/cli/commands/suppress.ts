import { Suppression, SuppressionsAnswer } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { type Column, shortTime } from '../table.ts'

const columns: Column<Suppression>[] = [
  { title: 'id', of: (each) => each.id },
  { title: 'covers', of: coveredBy },
  { title: 'until', of: (each) => shortTime(each.until) },
  { title: 'owner', of: (each) => each.owner },
  { title: 'reason', of: (each) => each.reason },
  { title: 'lifted', of: ({ lifted }) => lifted && `${shortTime(lifted.at)} by ${lifted.by}` },
]
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

type AddOptions = { rule?: string; principal?: string; target?: string; until?: string; for?: string; reason: string; owner: string }

export function addSuppress(program: Command): void {
  const suppress = program.command('suppress').description('of what nobody is told, until when, and who answers for that')
  suppress
    .command('list', { isDefault: true })
    .description('latest first, ended ones too')
    .addHelpText('after', examples('suppress', 'suppress list --json'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const { items } = await connection.api.get('/suppressions', SuppressionsAnswer)
      output.table(items, columns, 'Nothing is suppressed.')
    })
  suppress
    .command('add')
    .description('tell nobody of alerts that fit all that is given')
    .option('--rule <id>', 'that this rule alone found')
    .option('--principal <name>', 'of who acted, or on whose behalf')
    .option('--target <name>', 'that reached this target')
    .option('--until <time>', 'when it ends (RFC 3339)')
    .option('--for <duration>', 'how long it holds: 30m, 4h, 2d')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--owner <name>', 'who answers for it')
    .addHelpText('after', examples('suppress add --target billing --for 4h --reason migration --owner ana'))
    .action(async (options: AddOptions, command: Command) => {
      const { output, connection } = contextOf(command)
      const { rule = null, principal = null, target = null, reason, owner } = options
      const body = { rule, principal, target, reason, owner, until: endOf(options, Date.now()) }
      const placed = await connection.api.post('/suppressions', body, Suppression)
      if (output.isJson) output.json(placed)
      else output.line(`Suppression ${placed.id} covers ${coveredBy(placed)} until ${shortTime(placed.until)}`)
    })
  suppress
    .command('lift')
    .description('end one before its time')
    .argument('<id>', 'as the list has it')
    .addHelpText('after', examples('suppress lift 7d3c…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const lifted = await connection.api.post(`/suppressions/${encodeURIComponent(id)}/lift`, {}, Suppression)
      if (output.isJson) output.json(lifted)
      else output.line(`Lifted: ${lifted.id}`)
    })
}

/** @throws CliError unless one end is given */
function endOf({ until, for: duration }: AddOptions, nowMs: number): string {
  if (until !== undefined && duration === undefined) return until
  const match = /^(\d{1,6})([mhd])$/.exec(duration ?? '')
  const unit = UNITS[match?.[2] ?? '']
  if (until !== undefined || !match || unit === undefined)
    throw new CliError(ExitCode.usage, 'Say when it ends: --until, or --for as 30m, 4h or 2d.')
  return new Date(nowMs + Number(match[1]) * unit).toISOString()
}

function coveredBy({ rule, principal, target }: Suppression): string {
  const parts = { rule, principal, target }
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
    .join(', ')
}
