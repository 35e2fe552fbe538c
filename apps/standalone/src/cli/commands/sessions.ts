import { SessionDetail, type SessionSummary, SessionsPage } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { revealOption } from '../reveal-option.ts'
import { type Column, shortDuration, shortTime } from '../table.ts'
import { printTranscript } from '../transcript/transcript.ts'
import { addSessionsExport } from './sessions-export.ts'

const columns: Column<SessionSummary>[] = [
  { title: 'session', of: (session) => session.id },
  { title: 'start', of: (session) => shortTime(session.startedAt) },
  { title: 'duration', of: (session) => shortDuration(session.durationMs), align: 'right' },
  { title: 'principal', of: (session) => session.principal },
  { title: 'on behalf of', of: (session) => session.rootPrincipal ?? 'unknown' },
  { title: 'protocol', of: (session) => session.protocol },
  { title: 'account@target', of: (session) => `${session.target.account}@${session.target.name}` },
  { title: 'source', of: (session) => session.source.address },
  { title: 'cmds', of: (session) => session.commands, align: 'right' },
  { title: 'errors', of: (session) => session.errors, align: 'right' },
  { title: 'outcome', of: (session) => session.outcome },
  { title: 'recording', of: (session) => session.completeness },
]

const filters = ['protocol', 'principal', 'root-principal', 'run', 'target', 'account', 'outcome', 'completeness', 'gateway', 'source']

type ListOptions = { limit: string; sort: string } & Record<string, string | undefined>

export function addSessions(program: Command): void {
  const sessions = program.command('sessions').description('recorded sessions')
  const list = sessions
    .command('list')
    .description('sessions of a range, newest first')
    .option('--from <time>', 'start of the range (RFC 3339); default 24 h before its end')
    .option('--to <time>', 'end of the range, itself not in it; default now')
    .option('--query <words>', 'words that stand in one recorded command')
    .option('--sort <field>', 'startedAt, duration, principal, …; with - before it descending', '-startedAt')
    .option('--limit <rows>', 'at most this many', '50')
  for (const filter of filters) list.option(`--${filter} <value>`)
  list
    .addHelpText(
      'after',
      examples('sessions list', 'sessions list --protocol ssh --root-principal ana', 'sessions list --query "pg_dump" --json'),
    )
    .action(async ({ query, rootPrincipal, ...rest }: ListOptions, command: Command) => {
      const { output, connection } = contextOf(command)
      const page = await connection.api.get('/sessions', SessionsPage, { ...rest, q: query, rootPrincipal })
      if (output.isJson) return output.json(page)
      const empty = page.hasAny ? 'No session matches.' : 'Nothing is recorded yet. Begin: hoptrace run start --help'
      output.table(page.items, columns, empty)
      if (page.total > page.items.length) output.line(`${page.items.length} of ${page.total}; see --limit.`)
    })
  sessions
    .command('show')
    .description('a session as a transcript')
    .argument('<session>', 'its id')
    .addOption(revealOption())
    .addHelpText('after', examples('sessions show 0190f3c2-…', 'sessions show 0190f3c2-… --reveal --json'))
    .action(async (id: string, { reveal }: { reveal?: '1' }, command: Command) => {
      const { output, connection } = contextOf(command)
      const session = await connection.api.get(`/sessions/${encodeURIComponent(id)}`, SessionDetail)
      await printTranscript(session, connection.api, output, reveal)
    })
  addSessionsExport(sessions)
}
