import type { SessionDetail, StatementItem } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { Instant } from '../../../ui/instant.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { BindValues } from './bind-values.tsx'
import { observedIn } from './observed.ts'
import type { SqlPlace } from './placed.ts'
import { ResultDetail } from './result-detail.tsx'

/** One item of the time line in full. */
export function ItemDetail({ session, place }: { session: SessionDetail; place: SqlPlace }) {
  const { item } = place
  return (
    <section className="detail" aria-label={`Event ${item.seq}`}>
      <div className="detail-head">
        <h2>
          seq {item.seq} <span className="faint">{item.item === 'statement' ? item.kind : item.item}</span>
        </h2>
        <span className="quiet">
          {formatPosition(item.ms)} · <Instant at={item.at} />
        </span>
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(item.seq) }}>
          Proof
        </Link>
      </div>
      {item.item === 'statement' ? (
        <StatementDetail session={session} item={item} place={place} />
      ) : (
        <p className="statement-text">
          <Recorded text={item.message ?? ''} isBlock />
        </p>
      )}
    </section>
  )
}

function StatementDetail({ session, item, place }: { session: SessionDetail; item: StatementItem; place: SqlPlace }) {
  return (
    <>
      <pre className="statement-text">
        <Recorded text={item.text} isBlock highlight={observedIn(item.observables, '/text')} />
      </pre>
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
        {item.truncated !== undefined && ` · text cut: ${item.truncated.kept} of ${item.truncated.total}`}
      </p>
      {item.params.length > 0 && <BindValues params={item.params} />}
      {item.state === 'unanswered' && <State tone="warn">No answer was recorded: the connection ended, or it still waits</State>}
      {place.result !== null && <ResultDetail session={session} statement={item} result={place.result} />}
    </>
  )
}
