import type { TargetDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page, Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { type RangeSearch, rangeParams } from '../../url/time-range.ts'
import { AlertLines } from '../alerts/alert-line.tsx'
import { FilteredSessions } from '../sessions/filtered-sessions.tsx'
import { DenialTable } from '../triage/denials.tsx'
import { Visitors } from './visitors.tsx'

const route = getRouteApi('/targets/$target')

/** Who touched it, by which accounts, and who was refused. */
export function TargetPage() {
  const { target } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const range: RangeSearch = search.from === undefined && search.to === undefined ? { last: search.last ?? '30d' } : search
  const answer = useQuery(queries.target(target, rangeParams(range, nowMs)))
  const { data } = answer
  return (
    <Page
      title={`Target ${target}`}
      heading={<Recorded text={target} limit={120} />}
      actions={<RangePicker range={range} shown={data?.range} onChange={(next) => void navigate({ to: '.', search: next })} />}
    >
      {answer.isPending && <Loading what="who touched it" />}
      {answer.isError && <Failure error={answer.error} what="target" onRetry={() => answer.refetch()} />}
      {data !== undefined && <Touched target={data} />}
      <FilteredSessions filter={{ target: [target] }} range={range} />
    </Page>
  )
}

function Touched({ target }: { target: TargetDetail }) {
  return (
    <>
      <TargetFacts target={target} />
      {target.alerts.length > 0 && (
        <Section title="Alerts">
          <AlertLines alerts={target.alerts} label="Alerts on this target" />
        </Section>
      )}
      <Visitors visitors={target.visitors} />
      {target.refusals.length > 0 && (
        <Section
          title="Refused"
          aside={
            target.refusalsTotal > target.refusals.length ? `the newest ${target.refusals.length} of ${target.refusalsTotal}` : undefined
          }
        >
          <DenialTable denials={target.refusals} label="Refused" />
        </Section>
      )}
    </>
  )
}

function TargetFacts({ target: { info, accounts, protocols } }: { target: TargetDetail }) {
  return (
    <>
      {info === null && <p className="quiet">The gateway does not offer this target now; below is what was recorded of it.</p>}
      <Facts>
        <Fact label="Protocol">
          {protocols.length === 0 && info === null && <span className="faint">unknown</span>}
          {[...new Set([...(info === null ? [] : [info.protocol]), ...protocols])].map((protocol) => (
            <span key={protocol} className="chain-link">
              <Protocol protocol={protocol} isNamed />
            </span>
          ))}
        </Fact>
        {info !== null && (
          <>
            <Fact label="Address">
              <code>{info.address}</code>
            </Fact>
            <Fact label="Account of its credential">
              <code>{info.account}</code>
            </Fact>
            <Fact label="Also known as">{info.aliases.length === 0 ? 'no other name' : info.aliases.join(', ')}</Fact>
            <Fact label="Durability">{info.durability}</Fact>
          </>
        )}
        <Fact label="Accounts used">
          {accounts.length === 0 ? <span className="faint">none</span> : <Recorded text={accounts.join(', ')} limit={200} />}
        </Fact>
      </Facts>
    </>
  )
}
