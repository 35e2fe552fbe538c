import type { AlertSummary } from '@hoptrace/api'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import * as queries from '../../api/queries.ts'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { type AlertsSearch, alertChips, alertParams, withoutAlertChips } from '../../url/alert-search.ts'
import { rangeParams } from '../../url/time-range.ts'
import { AlertFilters } from './alert-filters.tsx'
import { AlertList } from './alert-list.tsx'

const route = getRouteApi('/alerts')

export function AlertsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const answer = useInfiniteQuery({
    ...queries.alerts({ ...alertParams(search), ...rangeParams(search, nowMs) }),
    // What was there stays until the new answer is: keys keep their place.
    placeholderData: keepPreviousData,
  })
  const first = answer.data?.pages[0]
  const alerts = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data])
  const change = (next: AlertsSearch) => void navigate({ to: '.', search: next })
  const titles = useMemo(() => titlesIn(alerts), [alerts])
  const actions = (
    <>
      <RangePicker range={search} shown={first?.range} onChange={(range) => change({ ...search, ...range })} />
      <Link to="/suppressions" className="button">
        Suppressions
      </Link>
    </>
  )
  return (
    <Page title="Alerts" actions={actions}>
      <AlertFilters search={search} onChange={change} offered={offeredBy(alerts)} titleOf={(rule) => titles.get(rule) ?? rule} />
      {answer.isPending && <Loading what="alerts" />}
      {answer.isError && <Failure error={answer.error} what="alerts" onRetry={() => answer.refetch()} />}
      {first !== undefined && alerts.length === 0 && <NoAlerts hasAny={first.hasAny} search={search} onChange={change} />}
      {alerts.length > 0 && <AlertList alerts={alerts} />}
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="alerts" />
    </Page>
  )
}

function titlesIn(alerts: readonly AlertSummary[]): ReadonlyMap<string, string> {
  return new Map(alerts.flatMap(({ rules }) => rules.map(({ id, title }) => [id, title] as const)))
}

const MAX_OFFERED = 12
function offeredBy(alerts: readonly AlertSummary[]) {
  const distinct = (values: readonly (string | null)[]) => [...new Set(values)].filter((value) => value !== null).slice(0, MAX_OFFERED)
  return [
    { field: 'rule' as const, values: distinct(alerts.flatMap(({ rules }) => rules.map(({ id }) => id))) },
    { field: 'principal' as const, values: distinct(alerts.map(({ principal }) => principal)) },
    { field: 'target' as const, values: distinct(alerts.flatMap(({ targets }) => targets)) },
  ]
}

type NoAlertsProps = { hasAny: boolean; search: AlertsSearch; onChange: (search: AlertsSearch) => void }

/** Quiet, and why: nothing was raised ever, nothing in this time, or nothing that fits. */
function NoAlerts({ hasAny, search, onChange }: NoAlertsProps) {
  const isFiltered = alertChips(search).length > 0
  if (!hasAny && !isFiltered) {
    return (
      <Empty title="No alert was raised so far">
        <p>
          What was recorded is judged by the <Link to="/rules">rules that are on</Link>. A chain alone raises nothing: a boundary must be
          crossed, such as a credential switch with new access, a first-seen target or an attempt outside of the grants.
        </p>
      </Empty>
    )
  }
  return (
    <Empty title={isFiltered ? 'No alert matches' : 'No alert in this time'}>
      <p className="row">
        {isFiltered && (
          <button type="button" className="button" onClick={() => onChange(withoutAlertChips(search))}>
            Clear the filters
          </button>
        )}
        <button type="button" className="button" onClick={() => onChange({ ...search, last: '30d', from: undefined, to: undefined })}>
          Look at the last 30 days
        </button>
      </p>
    </Empty>
  )
}
