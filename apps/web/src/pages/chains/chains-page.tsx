import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { Begin } from '../../ui/begin.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { rangeParams } from '../../url/time-range.ts'
import { ChainSentence } from './chain-sentence.tsx'

const route = getRouteApi('/chains')

export function ChainsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const { target, rootPrincipal } = search
  const answer = useInfiniteQuery(queries.chains({ target, rootPrincipal, ...rangeParams(search, nowMs) }))
  const first = answer.data?.pages[0]
  const chains = answer.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title="Hop chains"
      actions={
        <RangePicker
          range={search}
          shown={first?.range}
          onChange={(range) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...range }) })}
        />
      }
    >
      {answer.isPending && <Loading what="hop chains" />}
      {answer.isError && <Failure error={answer.error} what="hop chains" onRetry={() => answer.refetch()} />}
      {first?.hasAny === false && <Begin />}
      {first?.hasAny === true && chains.length === 0 && (
        <Empty title="No hop chain in this time">
          <p>Sessions are linked once the analysis has passed them. Look at a longer range, or at the sessions themselves.</p>
        </Empty>
      )}
      <div className="chain-list">
        {chains.map((chain) => (
          <ChainSentence key={chain.id} chain={chain} />
        ))}
      </div>
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="chains" />
    </Page>
  )
}
