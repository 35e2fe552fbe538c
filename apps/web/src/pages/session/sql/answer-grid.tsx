import type { StatementResult } from '@hoptrace/api'
import { type Column, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { type KeyboardEvent, useMemo } from 'react'
import { plainRecorded } from '../../../format/recorded.ts'
import { GridCell } from './grid-cell.tsx'
import { visibleLanes, type Window } from './grid-window.ts'
import { type Cell, useViewport } from './use-viewport.ts'

const SIZES = { column: 168, row: 26, gutter: 48 }
const STEPS: Record<string, readonly [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }
type Row = readonly (string | null)[]

const features = tableFeatures({})
const helper = createColumnHelper<typeof features, Row>()

type AnswerGridProps = {
  result: StatementResult
  /** The cell that the address names. */
  selected: Cell | null
  onSelect: (cell: Cell) => void
  /** Cells that hold a value which is followed, as `row/column`. */
  followed: ReadonlySet<string>
}

/** A sampled answer as a table. Only what is in view is drawn, so that 200 columns cost what 8 do. */
export function AnswerGrid({ result, selected, onSelect, followed }: AnswerGridProps) {
  const columns = useMemo(
    () =>
      helper.columns(
        result.columns.map(({ name }, index) => helper.accessor((row: Row) => row[index] ?? null, { id: String(index), header: name })),
      ),
    [result.columns],
  )
  const table = useTable({ features, columns, data: result.sample })
  const rows = table.getRowModel().rows
  const leaves = table.getAllLeafColumns()
  const { ref, view, show } = useViewport(SIZES, selected)
  const across = visibleLanes(view.left, view.width, SIZES.column, leaves.length)
  const down = visibleLanes(view.top, view.height, SIZES.row, rows.length)
  const drawn = leaves.slice(across.first, across.end)
  const tabStop = selected ?? { row: 0, column: 0 }
  const move = (event: KeyboardEvent) => {
    const [rowStep, columnStep] = STEPS[event.key] ?? [0, 0]
    if (rowStep === 0 && columnStep === 0) return
    event.preventDefault()
    const to = { row: clamp(tabStop.row + rowStep, rows.length), column: clamp(tabStop.column + columnStep, leaves.length) }
    show(to)
    onSelect(to)
  }
  return (
    <div ref={ref} className="grid">
      <table
        className="grid-table"
        aria-label="Sampled answer"
        aria-rowcount={rows.length + 1}
        aria-colcount={leaves.length}
        style={{ width: SIZES.gutter + leaves.length * SIZES.column }}
      >
        <GridHead result={result} drawn={drawn} across={across} count={leaves.length} />
        <tbody>
          <Spacer height={down.first * SIZES.row} />
          {rows.slice(down.first, down.end).map((row, offset) => {
            const rowIndex = down.first + offset
            return (
              <tr key={row.id} aria-rowindex={rowIndex + 2}>
                <th scope="row" className={selected?.row === rowIndex ? 'grid-number on' : 'grid-number'}>
                  {rowIndex}
                </th>
                <td aria-hidden="true" />
                {drawn.map((column, columnOffset) => {
                  const index = across.first + columnOffset
                  const isAt = (cell: Cell | null) => cell?.row === rowIndex && cell.column === index
                  return (
                    <GridCell
                      key={column.id}
                      value={row.getValue<string | null>(column.id)}
                      index={index}
                      isSelected={isAt(selected)}
                      isTabStop={isAt(tabStop)}
                      isFollowed={followed.has(`${rowIndex}/${index}`)}
                      onSelect={() => onSelect({ row: rowIndex, column: index })}
                      onMove={move}
                    />
                  )
                })}
                <td aria-hidden="true" />
              </tr>
            )
          })}
          <Spacer height={(rows.length - down.end) * SIZES.row} />
        </tbody>
      </table>
    </div>
  )
}

const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))

function Spacer({ height }: { height: number }) {
  return height > 0 ? (
    <tr style={{ height }}>
      <td aria-hidden="true" />
    </tr>
  ) : null
}

type GridHeadProps = { result: StatementResult; drawn: Column<typeof features, Row>[]; across: Window; count: number }

/** Names and types. Its cells set the widths of every row, so what is not drawn stands here as one empty cell on each side. */
function GridHead({ result, drawn, across, count }: GridHeadProps) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <td className="grid-number" style={{ width: SIZES.gutter }} />
        <td aria-hidden="true" style={{ width: across.first * SIZES.column }} />
        {drawn.map((column, offset) => {
          const index = across.first + offset
          const { name, type } = result.columns[index] ?? { name: '', type: '' }
          return (
            <th
              key={column.id}
              scope="col"
              aria-colindex={index + 1}
              style={{ width: SIZES.column }}
              title={`${plainRecorded(name)} ${type}`}
            >
              {plainRecorded(name, 80)} <span className="faint">{type}</span>
            </th>
          )
        })}
        <td aria-hidden="true" style={{ width: (count - across.end) * SIZES.column }} />
      </tr>
    </thead>
  )
}
