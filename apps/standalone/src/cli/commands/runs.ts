import { RevokedRuns, type RunSummary, RunsPage, summaryOfGatewayRun } from '@hoptrace/api'
import { grantText } from '@hoptrace/events'
import type { Command } from 'commander'
import { type Context, contextOf, examples } from '../context.ts'
import { type Column, shortTime } from '../table.ts'
import { addRunStart } from './run-start.ts'

const columns: Column<RunSummary>[] = [
  { title: 'run', of: (run) => run.id },
  { title: 'state', of: (run) => run.state },
  { title: 'principal', of: (run) => run.principal },
  { title: 'on behalf of', of: (run) => run.rootPrincipal ?? 'unknown' },
  { title: 'agent', of: (run) => (run.agent ? `${run.agent.template}@${run.agent.version}` : null) },
  { title: 'started', of: (run) => shortTime(run.startedAt) },
  { title: 'expires', of: (run) => shortTime(run.expiresAt) },
  { title: 'grants', of: (run) => run.grants.map(grantText).join(' ') || null },
  { title: 'open', of: (run) => run.openSessions, align: 'right' },
  { title: 'task', of: (run) => run.task },
]

export function addRuns(program: Command): void {
  const run = program.command('run').description('runs: who may reach what, and until when')
  addRunStart(run)
  run
    .command('list')
    .description('runs, newest first')
    .option('--state <state>', 'live, expired, revoked or unknown')
    .addHelpText('after', examples('run list', 'run list --state live --json'))
    .action(async ({ state }: { state?: string }, command: Command) => {
      const context = contextOf(command)
      const runs = (await listRuns(context, state)).filter((candidate) => state === undefined || candidate.state === state)
      context.output.table(runs, columns, 'No runs. Start one: hoptrace run start --help')
    })
  run
    .command('revoke')
    .description('end a run, every run that it started, and their open sessions')
    .argument('<run>', 'its id')
    .option('--reason <text>', 'why, for the record', 'revoked from the command line')
    .addHelpText('after', examples('run revoke 0190f3c2-… --reason "wrong target"'))
    .action(async (id: string, { reason }: { reason: string }, command: Command) => {
      const { output, connection } = contextOf(command)
      const path = `/runs/${encodeURIComponent(id)}/revoke`
      const { revoked } = connection.isRun
        ? await connection.atGateway((gateway) => gateway.revokeRun(encodeURIComponent(id), reason))
        : await connection.api.post(path, { reason }, RevokedRuns)
      if (output.isJson) output.json({ revoked })
      else output.line(revoked.length === 0 ? 'It had ended already.' : `Revoked: ${revoked.join(', ')}`)
    })
}

async function listRuns({ connection }: Context, state: string | undefined): Promise<RunSummary[]> {
  if (connection.isRun) return (await connection.atGateway((gateway) => gateway.runs())).map((run) => summaryOfGatewayRun(run))
  return connection.api.gather('/runs', RunsPage, { state, limit: 500 })
}
