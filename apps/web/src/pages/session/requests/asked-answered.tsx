import type { RequestDetail, SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatDuration } from '../../../format/duration.ts'
import { formatBytes, formatCount } from '../../../format/quantity.ts'
import { Section } from '../../../ui/page.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { BodyView } from './body-view.tsx'
import { HeadersList } from './headers-list.tsx'

type PartProps = { session: SessionDetail; detail: RequestDetail }
type Completion = NonNullable<RequestDetail['ended']>['body'] | NonNullable<NonNullable<RequestDetail['answered']>['body']['end']>

/** What the caller sent. */
export function AskedPart({ session, detail }: PartProps) {
  const { asked } = detail
  const end = completionOf(detail)
  return (
    <Section title="Request" aside={<ProofLink session={session} seq={asked.seq} />} className="part">
      <p className="detail-line quiet">
        {asked.body.httpVersion === '' ? 'From ' : `HTTP/${asked.body.httpVersion} from `}
        <code>{asked.body.from}</code>
        {end !== null && <Counted bytes={end.bytesToTarget} sha256={end.sha256ToTarget} />}
      </p>
      <HeadersList headers={asked.body.headers} withheld={asked.body.withheldHeaders} label="Headers of the request" />
      {asked.body.body !== null && <BodyView body={asked.body.body} label="body of the request" />}
    </Section>
  )
}

/** What came back, if anything did. */
export function AnsweredPart({ session, detail }: PartProps) {
  const { answered } = detail
  const end = completionOf(detail)
  if (answered === null) return <State tone="warn">No answer was recorded: the connection ended, or it still waits</State>
  const { body } = answered
  return (
    <Section title="Answer" aside={<ProofLink session={session} seq={answered.seq} />} className="part">
      <p className="detail-line quiet">
        {body.status === null ? 'The target never answered' : `Status ${body.status}`} after {formatDuration(body.durationUs)}
        {end !== null && <Counted bytes={end.bytesToCaller} sha256={end.sha256ToCaller} />}
      </p>
      {body.stream !== undefined && <StreamNote stream={body.stream} end={end} />}
      {end !== null && !end.isComplete && (
        <p className="warn-text detail-line">
          Not whole
          {end.message !== null && (
            <>
              : <Recorded text={end.message} limit={300} />
            </>
          )}
        </p>
      )}
      <HeadersList headers={body.headers} withheld={body.withheldHeaders} label="Headers of the answer" />
      {body.body !== null && <BodyView body={body.body} label="body of the answer" />}
    </Section>
  )
}

const STREAMS = {
  sse: 'A stream of server-sent events',
  websocket: 'A WebSocket',
  watch: 'A watch, which goes on as things change',
  log: 'A log, which goes on as it is written',
} as const

function StreamNote({ stream, end }: { stream: keyof typeof STREAMS; end: Completion | null }) {
  return (
    <p className="detail-line quiet">
      {STREAMS[stream]}
      {end === null && '; no end was recorded'}
      {end?.messages !== undefined &&
        `; ${formatCount(end.messages.toCaller)} messages to the caller, ${formatCount(end.messages.toTarget)} to the target`}
      {end !== null && ` in ${formatDuration(end.durationUs)}`}
      {end?.isComplete && end.message !== null && (
        <>
          {' · '}
          <Recorded text={end.message} limit={200} />
        </>
      )}
    </p>
  )
}

function Counted({ bytes, sha256 }: { bytes: number; sha256: string | null }) {
  return (
    <>
      {' · '}
      {formatBytes(bytes)} on the wire
      {sha256 !== null && (
        <>
          {' · SHA-256 '}
          <code className="faint" title={sha256}>
            {sha256.slice(0, 16)}…
          </code>
        </>
      )}
    </>
  )
}

function ProofLink({ session, seq }: { session: SessionDetail; seq: number }) {
  return (
    <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(seq) }}>
      proof of seq {seq}
    </Link>
  )
}

function completionOf({ answered, ended }: RequestDetail): Completion | null {
  return ended?.body ?? answered?.body.end ?? null
}
