import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { type RangeSearch, rangeParams } from '../../url/time-range.ts'
import { AlertLines } from '../alerts/alert-line.tsx'
import { RunList } from '../runs/run-list.tsx'
import { FilteredSessions } from '../sessions/filtered-sessions.tsx'
import { Granted, Sufficient } from './grants-used.tsx'
import { PrincipalFacts } from './principal-facts.tsx'
import { Reached } from './reached.tsx'

const route = getRouteApi('/principals/$principal')

/** What one who acts reached, was granted, never used, and would have needed. */
export function PrincipalPage() {
  const { principal } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const range: RangeSearch = search.from === undefined && search.to === undefined ? { last: search.last ?? '30d' } : search
  const answer = useQuery(queries.principal(principal, rangeParams(range, nowMs)))
  const { data } = answer
  return (
    <Page
      title={`Principal ${principal}`}
      heading={<Recorded text={principal} limit={120} />}
      actions={<RangePicker range={range} shown={data?.range} onChange={(next) => void navigate({ to: '.', search: next })} />}
    >
      {answer.isPending && <Loading what="what it reached" />}
      {answer.isError && <Failure error={answer.error} what="principal" onRetry={() => answer.refetch()} />}
      {data !== undefined && (
        <>
          <PrincipalFacts principal={data} />
          {data.alerts.length > 0 && (
            <Section title="Alerts">
              <AlertLines alerts={data.alerts} label="Alerts on this principal" />
            </Section>
          )}
          <Reached reached={data.reached} />
          <div className="two-lists">
            <Granted granted={data.granted} />
            <Sufficient principal={data} />
          </div>
        </>
      )}
      <Section title="Agent runs">
        <RunList params={{ principal }} />
      </Section>
      <FilteredSessions filter={{ principal: [principal] }} range={range} title="Sessions of this principal" />
      <FilteredSessions filter={{ rootPrincipal: [principal] }} range={range} title="Sessions on its behalf" />
    </Page>
  )
}
