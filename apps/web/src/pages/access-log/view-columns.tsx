import type { AccessLogEntry } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { createColumnHelper, tableFeatures } from '@tanstack/react-table'
import { Instant } from '../../ui/instant.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import type { AccessLogSearch } from '../../url/access-log-search.ts'
import { Depth } from './depth.tsx'
import { Viewed } from './viewed.tsx'

export const viewTableFeatures = tableFeatures({ columnMeta: {} as { area: string } })
const column = createColumnHelper<typeof viewTableFeatures, AccessLogEntry>()

/** @param onFilter narrows the log to a value that stands in it */
export function viewColumns(onFilter: (search: AccessLogSearch) => void) {
  return column.columns([
    column.accessor('at', { header: 'When', cell: ({ getValue }) => <Instant at={getValue()} />, meta: { area: 'when' } }),
    column.accessor('viewer', {
      header: 'Who',
      cell: ({ row: { original } }) => (
        <button
          type="button"
          className="text-button"
          title={original.subject === null ? 'Only views of this viewer' : `Only views of ${original.subject}`}
          onClick={() => onFilter({ viewer: original.subject ?? original.viewer })}
        >
          <Recorded text={original.viewer} limit={60} />
        </button>
      ),
      meta: { area: 'who' },
    }),
    column.accessor('isContent', { header: 'Saw', cell: ({ row }) => <Depth view={row.original} />, meta: { area: 'saw' } }),
    column.accessor('id', { header: 'Of', cell: ({ row }) => <Viewed view={row.original} onFilter={onFilter} />, meta: { area: 'of' } }),
    column.accessor('span', {
      header: 'Which part',
      cell: ({ getValue }) => (
        <span className="quiet">
          <Recorded text={getValue()} limit={120} />
        </span>
      ),
      meta: { area: 'span' },
    }),
    column.accessor('event', {
      header: 'Proof',
      cell: ({ getValue }) => (
        <Link
          to="/sessions/$sessionId/events/$seq"
          params={{ sessionId: getValue().sessionId, seq: String(getValue().seq) }}
          aria-label={`Proof of view ${getValue().seq}`}
        >
          proof
        </Link>
      ),
      meta: { area: 'proof' },
    }),
  ])
}
