import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { type AccessLogSearch, viewChips, viewParams } from '../../url/access-log-search.ts'
import { frozen, rangeParams, shownRange } from '../../url/time-range.ts'
import { ViewFilters } from './view-filters.tsx'
import { ViewTable } from './view-table.tsx'

const route = getRouteApi('/access-log')

/** Who looked at what: every view of something recorded is itself recorded. */
export function AccessLogPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const router = useRouter()
  const [nowMs] = useState(() => Date.now())
  const answer = useInfiniteQuery(queries.accessLog({ ...viewParams(search), ...rangeParams(search, nowMs) }))
  const views = answer.data?.pages.flatMap((page) => page.items) ?? []
  const change = (next: AccessLogSearch) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...next }) })
  const link = () => {
    const { href } = router.buildLocation({ to: '/access-log', search: frozen(search, shownRange(search, nowMs)) })
    return new URL(href, window.location.origin).href
  }
  const actions = (
    <>
      <RangePicker range={search} shown={shownRange(search, nowMs)} onChange={change} />
      <CopyButton text={link} label="Copy link with this time range fixed">
        Copy link
      </CopyButton>
    </>
  )
  return (
    <Page title="Access log" actions={actions}>
      <p className="quiet">Every view of something recorded is recorded too, in an event stream of its own that can be proved.</p>
      <ViewFilters search={search} onChange={change} />
      {answer.isPending && <Loading what="the access log" />}
      {answer.isError && <Failure error={answer.error} what="the access log" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && views.length === 0 && <NoViews isFiltered={viewChips(search).length > 0} />}
      {views.length > 0 && <ViewTable views={views} onFilter={change} />}
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="views" />
    </Page>
  )
}

function NoViews({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Empty title={isFiltered ? 'No view matches' : 'Nobody looked in this time'}>
      <p>{isFiltered ? 'Take a filter away, or choose a longer time.' : 'Choose a longer time to see earlier views.'}</p>
    </Empty>
  )
}
