import { Hold, HoldsAnswer, type PlaceHoldRequest } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { type Column, shortTime } from '../table.ts'

const columns: Column<Hold>[] = [
  { title: 'id', of: (hold) => hold.id },
  { title: 'keeps', of: keptBy },
  { title: 'reason', of: (hold) => hold.reason },
  { title: 'placed', of: (hold) => `${shortTime(hold.placedAt)} by ${hold.placedBy}` },
  { title: 'released', of: ({ released }) => released && `${shortTime(released.at)} by ${released.by}` },
]

type AddOptions = { session?: string; chain?: string; from?: string; to?: string; reason: string }

export function addHolds(program: Command): void {
  const holds = program.command('holds').description('what retention must not delete')
  holds
    .command('list', { isDefault: true })
    .description('latest first, released ones too')
    .option('--open', 'those alone that still hold')
    .addHelpText('after', examples('holds', 'holds list --open'))
    .action(async ({ open }: { open?: true }, command: Command) => {
      const { output, connection } = contextOf(command)
      const { items } = await connection.api.get('/holds', HoldsAnswer, open ? { open: '1' } : {})
      output.table(items, columns, 'No holds.')
    })
  holds
    .command('add')
    .description('keep a session, a chain with its sessions, or all sessions of a time from expiring')
    .option('--session <id>', 'a session')
    .option('--chain <id>', 'a hop chain')
    .option('--from <time>', 'sessions under way from then on, with --to')
    .option('--to <time>', 'and before that')
    .requiredOption('--reason <text>', 'why: the case, the request')
    .addHelpText(
      'after',
      examples(
        'holds add --session 01a1f8… --reason "case 7"',
        'holds add --from 2026-11-01T00:00:00Z --to 2026-11-02T00:00:00Z --reason audit',
      ),
    )
    .action(async (options: AddOptions, command: Command) => {
      const { output, connection } = contextOf(command)
      const hold = await connection.api.post('/holds', { scope: scopeOf(options), reason: options.reason }, Hold)
      if (output.isJson) output.json(hold)
      else output.line(`Hold ${hold.id} keeps ${keptBy(hold)}`)
    })
  holds
    .command('release')
    .description('let expire again what a hold keeps')
    .argument('<id>', 'as the list has it')
    .addHelpText('after', examples('holds release 7d3c…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      await connection.api.delete(`/holds/${encodeURIComponent(id)}`)
      if (output.isJson) output.json({ released: id })
      else output.line(`Released: ${id}`)
    })
}

/** @throws CliError unless one thing is named */
function scopeOf({ session, chain, from, to }: AddOptions): PlaceHoldRequest['scope'] {
  const scopes: PlaceHoldRequest['scope'][] = []
  if (session !== undefined) scopes.push({ kind: 'session', sessionId: session })
  if (chain !== undefined) scopes.push({ kind: 'chain', chainId: chain })
  if (from !== undefined && to !== undefined) scopes.push({ kind: 'range', from, to })
  const [scope, ...others] = scopes
  const isHalf = (from === undefined) !== (to === undefined)
  if (scope && others.length === 0 && !isHalf) return scope
  throw new CliError(ExitCode.usage, 'Name one thing to keep: --session, --chain, or --from with --to.')
}

function keptBy({ scope }: Pick<Hold, 'scope'>): string {
  if (scope.kind === 'session') return `session ${scope.sessionId}`
  return scope.kind === 'chain' ? `chain ${scope.chainId}` : `${shortTime(scope.from)} to ${shortTime(scope.to)}`
}
