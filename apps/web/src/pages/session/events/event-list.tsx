import type { EventItem, SessionDetail } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import * as queries from '../../../api/queries.ts'
import { formatPosition } from '../../../format/duration.ts'
import { MaskBar } from '../../../masking/mask-bar.tsx'
import { Masking } from '../../../masking/masking.tsx'
import { Instant } from '../../../ui/instant.tsx'
import { Json } from '../../../ui/json.tsx'
import { More } from '../../../ui/more.tsx'
import { Failure, Loading } from '../../../ui/outcomes.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { useReveal } from '../use-reveal.ts'
import { summaryOf } from './summary.ts'

const route = getRouteApi('/sessions/$sessionId')
/** Events shown before the one that the address names. */
const CONTEXT = 20

/** Every event as it was recorded, in the order of seq. */
export function EventList({ session }: { session: SessionDetail }) {
  const { seq } = route.useSearch()
  const after = seq === undefined || seq <= CONTEXT ? -1 : seq - CONTEXT - 1
  const { reveal, isRevealed, setRevealed } = useReveal()
  const answer = useInfiniteQuery(queries.events(session.id, { after, limit: 200, reveal }))
  if (answer.isPending) return <Loading what="events" />
  if (answer.isError) return <Failure error={answer.error} what="events" onRetry={() => answer.refetch()} />
  const items = answer.data.pages.flatMap((page) => page.items)
  const masked = answer.data.pages.reduce((sum, page) => sum + page.masked, 0)
  return (
    <Masking masked={masked}>
      <MaskBar masked={masked} isRevealed={isRevealed} what="these events" onReveal={setRevealed} />
      {after >= 0 && (
        <p className="quiet">
          From seq {after + 1}.{' '}
          <Link from="/sessions/$sessionId" to="." search={(previous) => ({ ...previous, seq: undefined, ms: undefined })}>
            From the first event
          </Link>
        </p>
      )}
      <div className="table-scroll">
        <table className="table events-table" aria-label="Events">
          <thead>
            <tr>
              <th scope="col" className="number">
                Seq
              </th>
              <th scope="col" className="number">
                Offset
              </th>
              <th scope="col">Time</th>
              <th scope="col">Type</th>
              <th scope="col">What</th>
              <th scope="col">Proof</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <EventRow key={`${item.seq}${item.event.hash}`} item={item} sessionId={session.id} isSelected={item.seq === seq} />
            ))}
          </tbody>
        </table>
      </div>
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => answer.fetchNextPage()} what="events" />
    </Masking>
  )
}

function EventRow({ item, sessionId, isSelected }: { item: EventItem; sessionId: string; isSelected: boolean }) {
  return (
    <>
      <tr className={isSelected ? 'selected' : undefined} aria-current={isSelected ? 'true' : undefined}>
        <td className="number">
          <Link
            from="/sessions/$sessionId"
            to="."
            search={(previous) => ({ ...previous, seq: isSelected ? undefined : item.seq, ms: undefined })}
            resetScroll={false}
            replace
          >
            {item.seq}
          </Link>
        </td>
        <td className="number faint">{formatPosition(item.ms)}</td>
        <td className="at-time">
          <Instant at={item.at} form="clock" />
        </td>
        <td>
          <code>{item.type}</code>
          {item.isConflicting && <State tone="bad">conflict</State>}
        </td>
        <td className="one-line at-what">
          <Recorded text={summaryOf(item.event)} limit={300} />
        </td>
        <td className="at-proof">
          <Link
            to="/sessions/$sessionId/events/$seq"
            params={{ sessionId, seq: String(item.seq) }}
            aria-label={`Proof of event ${item.seq}`}
          >
            proof
          </Link>
        </td>
      </tr>
      {isSelected && (
        <tr className="unfolded">
          <td colSpan={6}>
            <Json value={item.event.body} label={`Body of event ${item.seq}`} />
          </td>
        </tr>
      )}
    </>
  )
}
