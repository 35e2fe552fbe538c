import type { SessionDetail, StatementItem, StatementResult } from '@hoptrace/api'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatDuration } from '../../../format/duration.ts'
import { formatBytes, formatCount, plural } from '../../../format/quantity.ts'
import { CopyButton } from '../../../ui/copy-button.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { AnswerGrid } from './answer-grid.tsx'
import { followedCells } from './observed.ts'
import { columnIndex } from './placed.ts'
import { SqlErrorDetail } from './sql-error.tsx'
import type { Cell } from './use-viewport.ts'

const route = getRouteApi('/sessions/$sessionId')
type ResultDetailProps = { session: SessionDetail; statement: StatementItem; result: StatementResult }

/** One answer: how it ended, its sampled rows, the cell that the address names in full. */
export function ResultDetail({ session, statement, result: byPlace }: ResultDetailProps) {
  const { result: index, row, col } = route.useSearch()
  const navigate = route.useNavigate()
  const result = statement.results.find((answer) => answer.index === index) ?? byPlace
  const followed = useMemo(() => followedCells(result.observables), [result.observables])
  const column = columnIndex(result.columns, col)
  const selected = row === undefined || column < 0 ? null : { row, column }
  const select = (cell: Cell) =>
    void navigate({
      to: '.',
      search: (previous) => ({ ...previous, seq: statement.seq, row: cell.row, col: addressOf(result, cell.column) }),
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="result">
      {statement.results.length > 1 && <ResultChoice statement={statement} shown={result.index} />}
      <p className="detail-line">
        <strong>{result.tag ?? (result.error === null ? 'no tag' : 'refused by the target')}</strong>
        <span className="quiet">
          {' '}
          · {formatDuration(result.durationUs)} · {formatBytes(result.bytes)} on the wire
          {result.rows !== null && ` · ${plural(result.rows, 'row')}`}
          {result.incomplete === true && ' · the connection ended before the answer did'}
          {' · '}
          <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(result.seq) }}>
            proof of seq {result.seq}
          </Link>
        </span>
      </p>
      {result.error !== null && <SqlErrorDetail error={result.error} text={statement.text} />}
      {result.copy !== undefined && (
        <p className="quiet">
          COPY {result.copy.direction}: {formatBytes(result.copy.bytes)} in {plural(result.copy.chunks, 'message')}
        </p>
      )}
      {result.columns.length > 0 && (
        <>
          <AnswerGrid key={result.seq} result={result} selected={selected} onSelect={select} followed={followed} />
          <p className="faint detail-line">
            {plural(result.sample.length, 'sampled row')} × {plural(result.columns.length, 'column')}
            {result.truncated !== undefined &&
              `; cut at capture: ${formatCount(result.truncated.kept)} of ${formatCount(result.truncated.total)} rows kept`}
            {followed.size > 0 && `; dotted cells hold values that are followed across sessions`}
          </p>
        </>
      )}
      {selected !== null && <CellDetail result={result} cell={selected} />}
    </div>
  )
}

/** A column's name when it names one column only; else its number. */
function addressOf(result: StatementResult, column: number): string {
  const name = result.columns[column]?.name ?? ''
  return columnIndex(result.columns, name) === column ? name : String(column)
}

function ResultChoice({ statement, shown }: { statement: StatementItem; shown: number }) {
  return (
    <nav className="tabs" aria-label="Answers to this string of statements">
      {statement.results.map((result) => (
        <Link
          key={result.index}
          from="/sessions/$sessionId"
          to="."
          search={(previous) => ({ ...previous, result: result.index, row: undefined, col: undefined })}
          replace
          resetScroll={false}
          className="tab"
          aria-current={result.index === shown ? 'page' : undefined}
        >
          {result.index + 1}. {result.error === null ? (result.tag ?? 'answer') : result.error.sqlstate}
        </Link>
      ))}
    </nav>
  )
}

function CellDetail({ result, cell }: { result: StatementResult; cell: Cell }) {
  const value = result.sample[cell.row]?.[cell.column]
  const column = result.columns[cell.column]
  if (value === undefined || column === undefined) return <p className="warn-text">The sample holds no such cell.</p>
  const found = result.observables.filter(({ at }) => at === `/sample/${cell.row}/${cell.column}`)
  return (
    <section className="cell-detail" aria-label="Selected cell">
      <div className="row">
        <h3>
          row {cell.row}, <Recorded text={column.name} limit={80} /> <span className="faint">{column.type}</span>
        </h3>
        <CopyButton text={value ?? ''} label="Copy the cell" />
      </div>
      {value === null ? <span className="null">NULL</span> : <Recorded text={value} isBlock />}
      {found.map((observable) => (
        <p key={`${observable.kind}${observable.digest}`} className="quiet">
          Followed as {observable.kind} <code className="faint">{observable.digest.slice(0, 12)}</code>
        </p>
      ))}
    </section>
  )
}
