import type { SessionSummary } from '@hoptrace/api'
import { useTable } from '@tanstack/react-table'
import type { Sort } from '../../url/session-search.ts'
import { sessionColumns, sessionTableFeatures } from './session-columns.tsx'

type SessionTableProps = { sessions: readonly SessionSummary[]; label: string; sort?: Sort; onSort?: (sort: Sort) => void }

/** Sessions as rows. The server filters, sorts and pages; without `onSort` the order is what was given. */
export function SessionTable({ sessions, label, sort, onSort }: SessionTableProps) {
  const table = useTable({ features: sessionTableFeatures, columns: sessionColumns, data: sessions, getRowId: (row) => row.id })
  return (
    <div className="table-scroll">
      <table className="table stacked sessions-table" aria-label={label}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const { sort: field, isNumber } = header.column.columnDef.meta ?? {}
                const order = field === undefined || field !== sort?.field ? undefined : sort.isDescending ? 'descending' : 'ascending'
                return (
                  <th key={header.id} scope="col" aria-sort={order} className={isNumber ? 'number' : undefined}>
                    {field === undefined || onSort === undefined ? (
                      <table.FlexRender header={header} />
                    ) : (
                      <button type="button" className="sort" onClick={() => onSort({ field, isDescending: order !== 'descending' })}>
                        <table.FlexRender header={header} />
                        <span aria-hidden="true">{order === undefined ? '' : order === 'descending' ? ' ↓' : ' ↑'}</span>
                      </button>
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) => {
                const { isNumber, area } = cell.column.columnDef.meta ?? {}
                return (
                  <td key={cell.id} className={`${isNumber ? 'number ' : ''}at-${area ?? ''}`}>
                    <table.FlexRender cell={cell} />
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
