import type { AccessLogEntry } from '@hoptrace/api'
import { useTable } from '@tanstack/react-table'
import { useMemo } from 'react'
import type { AccessLogSearch } from '../../url/access-log-search.ts'
import { viewColumns, viewTableFeatures } from './view-columns.tsx'

type ViewTableProps = { views: readonly AccessLogEntry[]; onFilter: (search: AccessLogSearch) => void }

/** Views as rows, newest first. The server filters and pages. */
export function ViewTable({ views, onFilter }: ViewTableProps) {
  const columns = useMemo(() => viewColumns(onFilter), [onFilter])
  const table = useTable({
    features: viewTableFeatures,
    columns,
    data: views,
    getRowId: ({ event }) => `${event.sessionId}/${event.seq}`,
  })
  return (
    <div className="table-scroll">
      <table className="table stacked log-table" aria-label="Views">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col">
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <td key={cell.id} className={`at-${cell.column.columnDef.meta?.area ?? ''}`}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
