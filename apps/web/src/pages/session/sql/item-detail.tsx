import type { SessionDetail, StatementItem } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { readable } from '../../../format/bytes.ts'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { formatBytes, formatCount, plural } from '../../../format/quantity.ts'
import { Instant } from '../../../ui/instant.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { BindValues } from './bind-values.tsx'
import { LongText } from './long-text.tsx'
import { observedIn } from './observed.ts'
import { PiecesDetail } from './pieces-detail.tsx'
import type { SqlPlace } from './placed.ts'
import { ResultDetail } from './result-detail.tsx'
import type { LineItem } from './text-pieces.ts'

type ItemDetailProps = {
  session: SessionDetail
  place: SqlPlace
  /** The time line so far: what a long statement came in stands before it. */
  lines: readonly LineItem[]
}

/** One item of the time line in full. */
export function ItemDetail({ session, place, lines }: ItemDetailProps) {
  const { item } = place
  return (
    <section className="detail" aria-label={`Event ${item.seq}`}>
      <div className="detail-head">
        <h2>
          seq {item.item === 'pieces' ? `${item.seq} to ${item.lastSeq}` : item.seq} <span className="faint">{nameOf(item)}</span>
        </h2>
        <span className="quiet">
          {formatPosition(item.ms)} · <Instant at={item.at} />
        </span>
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(item.seq) }}>
          Proof
        </Link>
      </div>
      {item.item === 'statement' && <StatementDetail session={session} item={item} place={place} lines={lines} />}
      {item.item === 'pieces' && <PiecesDetail session={session} pieces={item.pieces} />}
      {item.item !== 'statement' && item.item !== 'pieces' && <OtherDetail item={item} />}
    </section>
  )
}

function nameOf(item: LineItem): string {
  if (item.item === 'statement') return item.kind
  return item.item === 'pieces' ? 'pieces of a long text' : item.item
}

function OtherDetail({ item }: { item: Exclude<LineItem, { item: 'statement' } | { item: 'pieces' }> }) {
  const copied = item.item === 'notice' ? item.data : undefined
  return (
    <p className="statement-text">
      <Recorded text={copied === undefined ? (item.message ?? '') : readable(copied)} isBlock />
    </p>
  )
}

type StatementDetailProps = { session: SessionDetail; item: StatementItem; place: SqlPlace; lines: readonly LineItem[] }

function StatementDetail({ session, item, place, lines }: StatementDetailProps) {
  return (
    <>
      <pre className="statement-text">
        <Recorded text={item.text} isBlock highlight={observedIn(item.observables, '/text')} />
      </pre>
      {item.tail !== undefined && <LongText statement={item} lines={lines} />}
      {item.textOf !== undefined && (
        <p className="quiet detail-line">
          This is only the start of the text, {formatBytes(item.truncated?.total ?? 0)} long; the whole stands at{' '}
          <ElsewhereLink seq={item.textOf} />, which ran the same prepared statement before.
        </p>
      )}
      <p className="quiet detail-line">
        {item.mode === 'extended' ? 'Prepared and executed' : item.mode === 'simple' ? 'Simple query' : 'Function call'}
        {item.prepared !== null && item.prepared !== '' && (
          <>
            {' '}
            as <Recorded text={item.prepared} limit={60} />
          </>
        )}
        {item.tables.length > 0 && (
          <>
            {' '}
            · tables <Recorded text={item.tables.join(', ')} limit={200} />
          </>
        )}
        {' · '}
        {{ idle: 'outside a transaction', transaction: 'in a transaction', failed: 'in a failed transaction' }[item.transaction]}
        {item.durationMs !== null && ` · ${formatDuration(item.durationMs * 1000)}`}
        {item.truncated !== undefined &&
          item.tail === undefined &&
          item.textOf === undefined &&
          ` · text cut: ${formatBytes(item.truncated.kept)} of ${formatBytes(item.truncated.total)}`}
        {item.raw !== undefined && ' · not valid UTF-8: the proof has its very bytes'}
      </p>
      {item.params.length > 0 && <BindValues params={item.params} />}
      <MoreValues item={item} />
      {item.state === 'unanswered' && <State tone="warn">No answer was recorded: the connection ended, or it still waits</State>}
      {place.result !== null && <ResultDetail session={session} statement={item} result={place.result} />}
    </>
  )
}

/** Says of bind values that are not here where they are, or that they were cut. */
function MoreValues({ item: { paramsOf, paramsTruncated } }: { item: StatementItem }) {
  if (paramsOf !== undefined) {
    return (
      <p className="quiet detail-line">
        Its {paramsTruncated === undefined ? '' : `${plural(paramsTruncated.total, 'bind value')} stand`}
        {paramsTruncated === undefined && 'bind values stand'} at <ElsewhereLink seq={paramsOf} />, which ran the same portal before.
      </p>
    )
  }
  if (paramsTruncated === undefined) return null
  return (
    <p className="warn-text detail-line">
      {formatCount(paramsTruncated.kept)} of {plural(paramsTruncated.total, 'bind value')} kept
    </p>
  )
}

function ElsewhereLink({ seq }: { seq: number }) {
  return (
    <Link
      from="/sessions/$sessionId"
      to="."
      search={(previous) => ({ ...previous, seq, ms: undefined, result: undefined, row: undefined, col: undefined })}
    >
      seq {seq}
    </Link>
  )
}
