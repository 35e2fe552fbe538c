import type { RequestDetail, SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../../api/queries.ts'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { MaskBar } from '../../../masking/mask-bar.tsx'
import { Masking } from '../../../masking/masking.tsx'
import { Instant } from '../../../ui/instant.tsx'
import { Failure, Loading } from '../../../ui/outcomes.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { useReveal } from '../use-reveal.ts'
import { AnsweredPart, AskedPart } from './asked-answered.tsx'
import { ExecView } from './exec-detail.tsx'
import { Followed } from './followed.tsx'
import { resourceName, statusOf, verbOf } from './request-words.ts'
import { StreamMessages } from './stream-messages.tsx'
import { ToolCalls } from './tool-calls.tsx'
import { Tunnel } from './tunnel.tsx'

type RequestDetailPanelProps = { session: SessionDetail; seq: number; onClose: () => void }

/** The request that an event belongs to, with everything that was recorded of it. */
export function RequestDetailPanel({ session, seq, onClose }: RequestDetailPanelProps) {
  const { reveal, isRevealed, setRevealed } = useReveal()
  const answer = useQuery(queries.request(session.id, seq, { reveal }))
  if (answer.isPending) {
    return (
      <section className="detail request-detail" aria-label="Request">
        <Loading what="the request" />
      </section>
    )
  }
  if (answer.isError) {
    return (
      <section className="detail request-detail" aria-label="Request">
        <Failure error={answer.error} what="request" onRetry={() => answer.refetch()} />
        <p>
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        </p>
      </section>
    )
  }
  const detail = answer.data
  return (
    <Masking masked={detail.masked}>
      <section className="detail request-detail" aria-label="Request" key={detail.line.seq}>
        <Head session={session} detail={detail} onClose={onClose} />
        <MaskBar masked={detail.masked} isRevealed={isRevealed} what="this request" onReveal={setRevealed} />
        <Whereabouts detail={detail} />
        {detail.exec !== null && <ExecView session={session} exec={detail.exec} />}
        {detail.forwards.length > 0 && <Tunnel forwards={detail.forwards} />}
        {detail.tools.length > 0 && <ToolCalls session={session} tools={detail.tools} />}
        <AskedPart session={session} detail={detail} />
        <AnsweredPart session={session} detail={detail} />
        {detail.messages.length > 0 && (
          <StreamMessages session={session} messages={detail.messages} hasMore={detail.hasMoreMessages} counted={countedIn(detail)} />
        )}
        <Followed detail={detail} />
      </section>
    </Masking>
  )
}

function countedIn({ answered, ended }: RequestDetail): number | null {
  const messages = (ended?.body ?? answered?.body.end)?.messages
  return messages === undefined ? null : messages.toCaller + messages.toTarget
}

function Head({ session, detail, onClose }: { session: SessionDetail; detail: RequestDetail; onClose: () => void }) {
  const { line } = detail
  return (
    <div className="detail-head">
      <h2>
        seq {line.seq} <span className="faint">{verbOf(line)}</span>
      </h2>
      <span className="quiet">
        {formatPosition(line.ms)} · <Instant at={line.at} />
      </span>
      <span className="row">
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(line.seq) }}>
          Proof
        </Link>
        <button type="button" className="button small" aria-label="Close the request" onClick={onClose}>
          Close
        </button>
      </span>
    </div>
  )
}

/** What was asked for, and how it went, in the words of the protocol. */
function Whereabouts({ detail: { line } }: { detail: RequestDetail }) {
  const status = statusOf(line)
  return (
    <>
      <pre className="statement-text request-path">
        <span className="method">{line.method}</span> <Recorded text={line.path} isBlock limit={2000} />
      </pre>
      <p className="row detail-line">
        <State tone={status.tone}>{status.text}</State>
        {line.kubernetes !== null && line.kubernetes.resource !== null && (
          <span>
            {line.kubernetes.verb} <Recorded text={resourceName(line.kubernetes)} limit={120} />
            {line.kubernetes.name !== null && (
              <>
                {' '}
                <Recorded text={line.kubernetes.name} limit={120} />
              </>
            )}
            {line.kubernetes.namespace !== null && (
              <>
                {' in '}
                <Recorded text={line.kubernetes.namespace} limit={120} />
              </>
            )}
          </span>
        )}
        {line.host !== null && (
          <span className="quiet">
            at <Recorded text={line.host} limit={120} />
          </span>
        )}
        {line.durationMs !== null && <span className="quiet">{formatDuration(line.durationMs * 1000)}</span>}
      </p>
      {line.refused !== null && (
        <p className="notice bad-edge compact">
          The gateway answered in the target’s place: <Recorded text={line.refused} limit={200} />
        </p>
      )}
      {line.redirect !== null && (
        <p className={`notice compact ${line.redirect.isElsewhere ? 'warn-edge' : ''}`}>
          Sent on to <Recorded text={line.redirect.to} limit={300} />
          {line.redirect.isElsewhere ? ', another host. ' : '. '}
          The gateway passed this on and did not follow it.
        </p>
      )}
    </>
  )
}
