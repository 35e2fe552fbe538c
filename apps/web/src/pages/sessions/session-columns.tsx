import type { SessionSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { createColumnHelper, tableFeatures } from '@tanstack/react-table'
import { formatDuration } from '../../format/duration.ts'
import { formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { CompletenessValue, OutcomeValue, PrincipalValue, ProtocolValue, RunValue, SourceValue, TargetValue } from '../../ui/values.tsx'

/** What a column needs besides its content: the api's name of its sort, and how it is set. */
type SessionColumnMeta = { sort?: string; isNumber?: boolean; area: string }

export const sessionTableFeatures = tableFeatures({ columnMeta: {} as SessionColumnMeta })
const column = createColumnHelper<typeof sessionTableFeatures, SessionSummary>()

export const sessionColumns = column.columns([
  column.accessor('startedAt', {
    header: 'Start',
    cell: ({ row }) => (
      <Link to="/sessions/$sessionId" params={{ sessionId: row.original.id }} className="start-link">
        <Instant at={row.original.startedAt} />
      </Link>
    ),
    meta: { sort: 'startedAt', area: 'start' },
  }),
  column.accessor('durationMs', {
    header: 'Duration',
    cell: ({ getValue }) => <span className="nowrap">{formatDuration(getValue() * 1000)}</span>,
    meta: { sort: 'duration', isNumber: true, area: 'duration' },
  }),
  column.accessor('principal', {
    header: 'Principal',
    cell: ({ getValue }) => <PrincipalValue principal={getValue()} />,
    meta: { sort: 'principal', area: 'principal' },
  }),
  column.accessor('rootPrincipal', {
    header: 'On behalf of',
    cell: ({ getValue }) => <PrincipalValue principal={getValue()} field="rootPrincipal" />,
    meta: { sort: 'rootPrincipal', area: 'root' },
  }),
  column.accessor('run', {
    header: 'Agent run',
    cell: ({ getValue }) => <RunValue run={getValue()} />,
    meta: { sort: 'run', area: 'run' },
  }),
  column.accessor('protocol', {
    header: 'Protocol',
    cell: ({ getValue }) => <ProtocolValue protocol={getValue()} />,
    meta: { sort: 'protocol', area: 'protocol' },
  }),
  column.accessor('target', {
    header: 'Account@target',
    cell: ({ row: { original } }) => <TargetValue target={original.target.name} account={original.target.account} />,
    meta: { sort: 'target', area: 'target' },
  }),
  column.accessor('source', {
    header: 'Source',
    cell: ({ row: { original } }) => <SourceValue address={original.source.address} port={original.source.port} />,
    meta: { sort: 'source', area: 'source' },
  }),
  column.accessor('commands', {
    header: 'Commands',
    cell: ({ row: { original } }) => (
      <span className="nowrap">
        {original.errors > 0 && <span className="bad-text">{formatCount(original.errors)} failed of </span>}
        {formatCount(original.commands)}
      </span>
    ),
    meta: { isNumber: true, area: 'commands' },
  }),
  column.accessor('outcome', {
    header: 'Outcome',
    cell: ({ getValue }) => <OutcomeValue outcome={getValue()} />,
    meta: { sort: 'outcome', area: 'outcome' },
  }),
  column.accessor('completeness', {
    header: 'Recording',
    cell: ({ getValue }) => <CompletenessValue completeness={getValue()} />,
    meta: { sort: 'completeness', area: 'completeness' },
  }),
])
