import type { SessionDetail, TimelineItem } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import * as queries from '../../../api/queries.ts'
import { useKeys } from '../../../shell/keys.ts'
import { More } from '../../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../../ui/outcomes.tsx'
import { ItemDetail } from './item-detail.tsx'
import { placeOf } from './placed.ts'
import { StatementList } from './statement-list.tsx'
import { TimelineStrip } from './timeline-strip.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** A SQL session as a time line of statements, and the one that the address names in full. */
export function SqlReplay({ session }: { session: SessionDetail }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const answer = useInfiniteQuery(queries.statements(session.id))
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data])
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = answer
  const isBeyond = search.seq !== undefined && search.seq > (items.at(-1)?.seq ?? -1)
  useEffect(() => {
    if (isBeyond && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isBeyond, hasNextPage, isFetchingNextPage, fetchNextPage])

  const place = placeOf(items, search)
  const select = (item: TimelineItem) =>
    void navigate({
      to: '.',
      search: (previous) => ({ ...previous, seq: item.seq, ms: Math.floor(item.ms), result: undefined, row: undefined, col: undefined }),
      replace: true,
      resetScroll: false,
    })
  useStepKeys(items, place?.item, select)

  if (answer.isPending) return <Loading what="statements" />
  if (answer.isError) return <Failure error={answer.error} what="statements" onRetry={() => answer.refetch()} />
  if (place === null) {
    return (
      <Empty title="No statement was sent">
        <p>The session was opened and ended without one.</p>
      </Empty>
    )
  }
  return (
    <>
      <TimelineStrip items={items} durationMs={session.durationMs} selected={place.item} onSelect={select} />
      <div className="split">
        <div className="split-list">
          <StatementList items={items} selected={place.item} onSelect={select} />
          <More hasNext={hasNextPage} isLoading={isFetchingNextPage} onMore={() => void fetchNextPage()} what="statements" />
        </div>
        <ItemDetail key={place.item.seq} session={session} place={place} />
      </div>
    </>
  )
}

function useStepKeys(items: readonly TimelineItem[], current: TimelineItem | undefined, select: (item: TimelineItem) => void) {
  const step = (by: number) => {
    const index = current === undefined ? -1 : items.indexOf(current)
    const next = items[index + by]
    if (next !== undefined) select(next)
  }
  useKeys({ j: () => step(1), k: () => step(-1) })
}
