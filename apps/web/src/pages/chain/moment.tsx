import type { HopEvidence } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { formatPosition } from '../../format/duration.ts'
import { useMay } from '../../identity/identity.tsx'
import { MaskBar } from '../../masking/mask-bar.tsx'
import { Masking } from '../../masking/masking.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Json } from '../../ui/json.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { summaryOf } from '../session/events/summary.ts'
import { HiddenMoment } from './hidden-moment.tsx'
import { atPointer, excerptOf } from './json-pointer.ts'
import { SampleAround } from './sample-around.tsx'
import { useChainReveal } from './use-chain-reveal.ts'

type SessionEvent = Parameters<typeof summaryOf>[0]
export type MomentProps = {
  title: string
  where: string
  pointer: NonNullable<HopEvidence['from']>
  /** JSON pointer into the event's body. */
  at: string | null
  observable: HopEvidence['observable']
  /** False for what stands in a gateway's own stream, which has no replay. */
  hasReplay: boolean
}

/** One of the two moments of a hop, for who may see content. */
export function Moment(props: MomentProps) {
  return useMay('content') ? <OpenMoment {...props} /> : <HiddenMoment {...props} />
}

/** The event, and the value in it. */
function OpenMoment({ title, where, pointer, at, observable, hasReplay }: MomentProps) {
  const { reveal, setRevealed } = useChainReveal()
  const answer = useQuery(queries.proof(pointer.sessionId, pointer.seq, { reveal }))
  const event = answer.data?.contents[0]?.event
  return (
    <section className="moment" aria-label={`${title}: ${where}`}>
      <h3>
        {title} <Recorded text={where} limit={80} />
      </h3>
      <p className="quiet">
        seq {pointer.seq} at {formatPosition(pointer.ms)}
        {event !== undefined && (
          <>
            {' · '}
            <Instant at={Number(BigInt(event.ts) / 1000n)} /> · <code>{event.type}</code>
          </>
        )}
      </p>
      {answer.isPending && <Loading what="the moment" />}
      {answer.isError && <Failure error={answer.error} what="moment" onRetry={() => answer.refetch()} />}
      {event !== undefined && (
        <Masking masked={answer.data?.masked ?? 0}>
          <MaskBar masked={answer.data?.masked ?? 0} isRevealed={reveal !== undefined} what="this moment" onReveal={setRevealed} />
          <MomentBody event={event} at={at} observable={observable} />
        </Masking>
      )}
      <p className="row">
        {hasReplay && event !== undefined && (
          <Link to="/sessions/$sessionId" params={{ sessionId: pointer.sessionId }} search={placeOf(event, pointer.ms, at)}>
            Show in the session
          </Link>
        )}
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: pointer.sessionId, seq: String(pointer.seq) }}>
          Proof
        </Link>
      </p>
    </section>
  )
}

const SAMPLE_CELL = /^\/sample\/(\d+)\/(\d+)$/

/** The address of the moment in its session, to the cell. */
function placeOf(event: SessionEvent, ms: number, at: string | null) {
  const cell = SAMPLE_CELL.exec(at ?? '')
  const place = { seq: event.seq, ms: Math.floor(ms) }
  if (event.type !== 'sql.result' || cell === null) return place
  const column = Number(cell[2])
  return { ...place, result: event.body.index, row: Number(cell[1]), col: event.body.columns[column]?.name ?? String(column) }
}

function MomentBody({ event, at, observable }: { event: SessionEvent; at: string | null; observable: HopEvidence['observable'] }) {
  const cell = SAMPLE_CELL.exec(at ?? '')
  if (event.type === 'sql.result' && cell !== null) {
    return <SampleAround columns={event.body.columns} sample={event.body.sample} row={Number(cell[1])} column={Number(cell[2])} />
  }
  const found = at === null ? undefined : atPointer(event.body, at)
  const offset = event.observables.find((seen) => seen.digest === observable?.digest && seen.at === at)?.offset
  const excerpt = typeof found === 'string' ? excerptOf(found, offset, observable?.value ?? null) : null
  if (excerpt !== null) {
    return (
      <>
        {event.type === 'access.decided' && (
          <p>
            <Recorded text={summaryOf(event)} limit={400} />
          </p>
        )}
        <p className="excerpt">
          <span className="recorded block">
            <Recorded text={excerpt.before} />
            <mark>
              <Recorded text={excerpt.value} />
            </mark>
            <Recorded text={excerpt.after} />
          </span>
        </p>
      </>
    )
  }
  return (
    <>
      <FollowedValue event={event} observable={observable} />
      <p className="excerpt">
        <Recorded text={summaryOf(event)} isBlock limit={400} highlight={observable?.value ?? null} />
      </p>
      {observable !== null && observable.value === null && (
        <p className="faint">The secret itself is kept as a digest only: {observable.digest.slice(0, 12)}…</p>
      )}
      {typeof found === 'object' && found !== null && <Json value={found} label="Where it stood" highlight={observable?.value ?? null} />}
    </>
  )
}

/** The value, where the event's own line does not spell it: a target is reached by its configured name. */
function FollowedValue({ event, observable }: { event: SessionEvent; observable: HopEvidence['observable'] }) {
  if (observable === null || observable.value === null || summaryOf(event).includes(observable.value)) return null
  return (
    <p>
      <span className="quiet">{observable.kind} </span>
      <mark>
        <Recorded text={observable.value} limit={200} />
      </mark>
    </p>
  )
}
