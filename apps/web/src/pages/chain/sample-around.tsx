import { plainRecorded } from '../../format/recorded.ts'
import { Recorded } from '../../ui/recorded.tsx'

type SampleAroundProps = {
  columns: readonly { name: string; type: string }[]
  sample: readonly (readonly (string | null)[])[]
  row: number
  column: number
}

/** A cell of an answer among its neighbours, at most five rows and five columns. */
export function SampleAround({ columns, sample, row, column }: SampleAroundProps) {
  const firstRow = Math.max(0, Math.min(row - 2, sample.length - 5))
  const firstColumn = Math.max(0, Math.min(column - 2, columns.length - 5))
  const shown = columns.slice(firstColumn, firstColumn + 5).map(({ name }, offset) => ({ name, index: firstColumn + offset }))
  const rows = sample.slice(firstRow, firstRow + 5).map((values, offset) => ({ values, index: firstRow + offset }))
  return (
    <div className="table-scroll">
      <table className="table compact around" aria-label="The answer around the value">
        <thead>
          <tr>
            <th scope="col" className="number">
              row
            </th>
            {shown.map(({ name, index }) => (
              <th key={index} scope="col" className="recorded">
                {plainRecorded(name, 40)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ values, index }) => (
            <tr key={index}>
              <td className="number faint">{index}</td>
              {shown.map((cell) => (
                <td key={cell.index}>
                  <CellText value={values[cell.index] ?? null} isMarked={index === row && cell.index === column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CellText({ value, isMarked }: { value: string | null; isMarked: boolean }) {
  if (value === null) return <span className="null">NULL</span>
  if (!isMarked) return <Recorded text={value} limit={60} />
  return (
    <mark>
      <Recorded text={value} limit={200} />
    </mark>
  )
}
