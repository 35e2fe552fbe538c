import type { SessionDetail } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import * as queries from '../../../api/queries.ts'
import { MaskBar } from '../../../masking/mask-bar.tsx'
import { Masking } from '../../../masking/masking.tsx'
import { useKeys } from '../../../shell/keys.ts'
import { More } from '../../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../../ui/outcomes.tsx'
import { useReveal } from '../use-reveal.ts'
import { ItemDetail } from './item-detail.tsx'
import { placeOf } from './placed.ts'
import { StatementList } from './statement-list.tsx'
import { foldPieces, type LineItem } from './text-pieces.ts'
import { TimelineStrip } from './timeline-strip.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** A SQL session as a time line of statements, and the one that the address names in full. */
export function SqlReplay({ session }: { session: SessionDetail }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { reveal, isRevealed, setRevealed } = useReveal()
  const answer = useInfiniteQuery(queries.statements(session.id, { reveal }))
  const items = useMemo(() => foldPieces(answer.data?.pages.flatMap((page) => page.items) ?? []), [answer.data])
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = answer
  const isBeyond = search.seq !== undefined && search.seq > lastSeqOf(items.at(-1))
  useEffect(() => {
    if (isBeyond && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isBeyond, hasNextPage, isFetchingNextPage, fetchNextPage])

  const place = placeOf(items, search)
  const select = (item: LineItem) =>
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
  const masked = answer.data.pages.reduce((sum, page) => sum + page.masked, 0)
  return (
    <Masking masked={masked}>
      <MaskBar masked={masked} isRevealed={isRevealed} what="this session" onReveal={setRevealed} />
      <TimelineStrip items={items} durationMs={session.durationMs} selected={place.item} onSelect={select} />
      <div className="split">
        <div className="split-list">
          <StatementList items={items} selected={place.item} onSelect={select} />
          <More hasNext={hasNextPage} isLoading={isFetchingNextPage} onMore={() => void fetchNextPage()} what="statements" />
        </div>
        <ItemDetail key={place.item.seq} session={session} place={place} lines={items} />
      </div>
    </Masking>
  )
}

function lastSeqOf(item: LineItem | undefined): number {
  return item === undefined ? -1 : item.item === 'pieces' ? item.lastSeq : item.seq
}

function useStepKeys(items: readonly LineItem[], current: LineItem | undefined, select: (item: LineItem) => void) {
  const step = (by: number) => {
    const index = current === undefined ? -1 : items.indexOf(current)
    const next = items[index + by]
    if (next !== undefined) select(next)
  }
  useKeys({ j: () => step(1), k: () => step(-1) })
}
