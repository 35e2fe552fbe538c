import type { MessageDetail, SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { readable, sizeOf } from '../../../format/bytes.ts'
import { formatPosition } from '../../../format/duration.ts'
import { formatBytes, plural } from '../../../format/quantity.ts'
import { TextView } from './body-view.tsx'

type StreamMessagesProps = { session: SessionDetail; messages: readonly MessageDetail[]; hasMore: boolean; counted: number | null }

/** The messages of a stream that were kept, in their order. */
export function StreamMessages({ session, messages, hasMore, counted }: StreamMessagesProps) {
  return (
    <section className="messages" aria-label="Messages">
      <h3>
        {plural(messages.length, 'message')} <span className="faint">{counted !== null && `of ${counted} that passed`}</span>
      </h3>
      <ol className="message-list">
        {messages.map((message) => (
          <li key={message.seq} className={`message ${message.body.direction}`}>
            <p className="row detail-line">
              <span aria-hidden="true">{message.body.direction === 'toTarget' ? '→' : '←'}</span>
              <span>{message.body.direction === 'toTarget' ? 'to the target' : 'to the caller'}</span>
              <span className="faint">
                {formatPosition(message.ms)} · {message.body.kind} ·{' '}
                {formatBytes(message.body.truncated?.total ?? sizeOf(message.body.data))}
                {message.body.truncated !== undefined && `, ${formatBytes(message.body.truncated.kept)} kept`}
                {' · '}
                <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(message.seq) }}>
                  proof
                </Link>
              </span>
            </p>
            <TextView text={readable(message.body.data)} label={`message ${message.seq}`} />
          </li>
        ))}
      </ol>
      {hasMore && <p className="quiet detail-line">More of them were recorded: the events tell all.</p>}
    </section>
  )
}
