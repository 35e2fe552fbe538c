import { type AlertActionRequest, AlertDetail } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'

type Options = { note: string; revision?: string }
// What an action says without the revision that it is of.
type Said<T> = T extends unknown ? Omit<T, 'revision'> : never

/** Acts on an alert as it stands now, or as `--revision` says that it was seen: then whoever came first is not overwritten. */
export function addAlertActions(alerts: Command): void {
  action(alerts, 'acknowledge', 'say that you look at it', 'alerts acknowledge 3f5c…').action(
    (id: string, { note }: Options, command: Command) => act(id, { kind: 'acknowledge', note }, command),
  )
  action(alerts, 'close', 'say that it is done with, and what it was', 'alerts close 3f5c… --reason benign --note "a drill"')
    .requiredOption('--reason <reason>', 'true-positive, benign, false-positive or duplicate')
    .action((id: string, { note, reason }: Options & { reason: 'benign' }, command: Command) =>
      act(id, { kind: 'close', reason, note }, command),
    )
  action(alerts, 'reopen', 'open it again', 'alerts reopen 3f5c…').action((id: string, { note }: Options, command: Command) =>
    act(id, { kind: 'reopen', note }, command),
  )
  action(alerts, 'assign', 'give it to somebody; without --to to nobody', 'alerts assign 3f5c… --to ana')
    .option('--to <name>', 'who')
    .action((id: string, { note, to }: Options & { to?: string }, command: Command) =>
      act(id, { kind: 'assign', assignee: to ?? null, note }, command),
    )
  action(alerts, 'note', 'write something beside it', 'alerts note 3f5c… --note "asked the team"').action(
    (id: string, { note }: Options, command: Command) => {
      if (note === '') throw new CliError(ExitCode.usage, 'Say what to note: --note.')
      return act(id, { kind: 'note', note }, command)
    },
  )
}

function action(alerts: Command, name: string, description: string, example: string): Command {
  return alerts
    .command(name)
    .description(description)
    .argument('<alert>', 'its id')
    .option('--note <text>', 'why, for whoever comes next', '')
    .option('--revision <number>', 'the revision that you saw; default the present one')
    .addHelpText('after', examples(example))
}

async function act(id: string, said: Said<AlertActionRequest>, command: Command): Promise<void> {
  const { output, connection } = contextOf(command)
  const path = `/alerts/${encodeURIComponent(id)}`
  const seen = command.opts<Options>().revision
  const revision = seen === undefined ? (await connection.api.get(path, AlertDetail)).revision : Number(seen)
  const alert = await connection.api.post(`${path}/actions`, { ...said, revision }, AlertDetail)
  if (output.isJson) output.json(alert)
  else
    output.line(
      `${alert.id} is ${alert.state}${alert.assignee === null ? '' : `, assigned to ${alert.assignee}`} (revision ${alert.revision})`,
    )
}
