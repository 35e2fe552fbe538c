import type { RequestItem, SessionDetail } from '@hoptrace/api'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import * as queries from '../../../api/queries.ts'
import { MaskBar } from '../../../masking/mask-bar.tsx'
import { Masking } from '../../../masking/masking.tsx'
import { useKeys } from '../../../shell/keys.ts'
import { More } from '../../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../../ui/outcomes.tsx'
import { requestChips, requestParams, withoutRequestFilters } from '../../../url/request-search.ts'
import { useReveal } from '../use-reveal.ts'
import { RequestDetailPanel } from './request-detail.tsx'
import { RequestFilters } from './request-filters.tsx'
import { RequestList } from './request-list.tsx'
import { spanOf } from './request-words.ts'
import { RequestsStrip } from './requests-strip.tsx'
import { ResourcePanel } from './resource-panel.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** An HTTP or Kubernetes session as a time line of requests, what they touched, and the one that the address names in full. */
export function RequestsReplay({ session }: { session: SessionDetail }) {
  const search = route.useSearch()
  const { reveal, isRevealed, setRevealed } = useReveal()
  const params = { ...requestParams(search), reveal }
  const answer = useInfiniteQuery(queries.requests(session.id, params))
  const resources = useQuery(queries.resources(session.id, { reveal }))
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data])
  const { seq } = search
  // Any event of a request may be named: the line is that of its request.
  const named = useQuery({ ...queries.request(session.id, seq ?? 0, { reveal }), enabled: seq !== undefined })
  const line = seq === undefined ? undefined : (named.data?.line.seq ?? seq)
  const selected = line === undefined ? undefined : items.findLast((item) => item.seq <= line)
  useLoadedUpTo(answer, line, items)
  const { select, close } = useSelection()
  useStepKeys(items, selected, select, close)

  if (answer.isPending) return <Loading what="requests" />
  if (answer.isError) return <Failure error={answer.error} what="requests" onRetry={() => answer.refetch()} />
  const masked = answer.data.pages.reduce((sum, page) => sum + page.masked, 0)
  const isOpen = seq !== undefined
  return (
    <Masking masked={masked}>
      <MaskBar masked={masked} isRevealed={isRevealed} what="the lines of this session" onReveal={setRevealed} />
      <RequestsStrip items={items} durationMs={answer.hasNextPage ? session.durationMs : null} selected={selected} onSelect={select} />
      <RequestFilters resources={resources.data} />
      <div className={`requests ${isOpen ? 'with-detail' : ''}`}>
        <ResourcePanel answer={resources.data} />
        <div className="requests-list">
          {items.length === 0 ? <NoRequest /> : <RequestList session={session} items={items} selected={selected} reveal={reveal} />}
          <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => answer.fetchNextPage()} what="requests" />
        </div>
        {isOpen && <RequestDetailPanel session={session} seq={seq} onClose={close} />}
      </div>
    </Masking>
  )
}

function NoRequest() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  if (requestChips(search).length === 0) {
    return (
      <Empty title="No request was sent">
        <p>The session was opened and ended without one.</p>
      </Empty>
    )
  }
  return (
    <Empty title="No request matches">
      <p>
        <button type="button" className="button" onClick={() => void navigate({ to: '.', search: withoutRequestFilters, replace: true })}>
          Clear the filters
        </button>
      </p>
    </Empty>
  )
}

type Pages = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

/** Fetches pages until the seq that the address names is among them. */
function useLoadedUpTo({ hasNextPage, isFetchingNextPage, fetchNextPage }: Pages, seq: number | undefined, items: readonly RequestItem[]) {
  const last = items.at(-1)
  const isBeyond = seq !== undefined && last !== undefined && seq > spanOf(last)[1]
  useEffect(() => {
    if (isBeyond && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isBeyond, hasNextPage, isFetchingNextPage, fetchNextPage])
}

function useSelection() {
  const navigate = route.useNavigate()
  const go = (seq: number | undefined, ms: number | undefined) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, seq, ms, channel: undefined }), replace: true, resetScroll: false })
  return {
    select: (item: RequestItem) => go(item.seq, Math.floor(item.ms)),
    close: () => go(undefined, undefined),
  }
}

function useStepKeys(
  items: readonly RequestItem[],
  current: RequestItem | undefined,
  select: (item: RequestItem) => void,
  close: () => void,
) {
  const step = (by: number) => {
    const next = items[(current === undefined ? -1 : items.indexOf(current)) + by]
    if (next !== undefined) select(next)
  }
  useKeys({ j: () => step(1), k: () => step(-1), Escape: close })
}
