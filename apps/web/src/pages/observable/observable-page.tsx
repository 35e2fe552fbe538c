import type { ObservableDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import * as queries from '../../api/queries.ts'
import { shortHash } from '../../format/identifier.ts'
import { formatCount, plural } from '../../format/quantity.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page, Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { AlertLines } from '../alerts/alert-line.tsx'
import { ChainSentence } from '../chains/chain-sentence.tsx'
import { Holders } from './holders.tsx'
import { SightingList } from './sighting-list.tsx'
import { twoLists } from './two-lists.ts'

const route = getRouteApi('/observables/$kind/$digest')

export function ObservablePage() {
  const { kind, digest } = route.useParams()
  const answer = useQuery(queries.observable(kind, digest))
  if (answer.isSuccess) return <LoadedValue value={answer.data} />
  return (
    <Page title="Value">
      {answer.isPending ? <Loading what="the value" /> : <Failure error={answer.error} what="value" onRetry={() => answer.refetch()} />}
    </Page>
  )
}

/** This value: who saw it, who used it. */
function LoadedValue({ value }: { value: ObservableDetail }) {
  const { saw, used } = useMemo(() => twoLists(value.sightings), [value])
  return (
    <Page
      title={`${value.kind} ${shortHash(value.digest)}`}
      heading={
        <>
          This {value.kind}{' '}
          {value.value === null ? <code className="faint">{shortHash(value.digest)}</code> : <Recorded text={value.value} limit={160} />}:
          who saw it, who used it
        </>
      }
      actions={
        <>
          <Link to="/observables" className="button">
            Look for another
          </Link>
          <CopyButton text={() => window.location.href} label="Copy a link to this value">
            Copy link
          </CopyButton>
        </>
      }
    >
      <ValueFacts value={value} />
      {value.alerts.length > 0 && (
        <Section title="Alerts">
          <AlertLines alerts={value.alerts} label="Alerts with this value" />
        </Section>
      )}
      <div className="two-lists">
        <Section title="Who saw it" aside={plural(value.saw.length, 'holder')}>
          <Holders holders={value.saw} label="Those who saw it" isUse={false} />
          <SightingList sightings={saw} label="Where it was seen" />
        </Section>
        <Section title="Who used it" aside={plural(value.used.length, 'holder')}>
          <Holders holders={value.used} label="Those who used it" isUse />
          <SightingList sightings={used} label="Where it was used" />
        </Section>
      </div>
      {value.sightingsTotal > value.sightings.length && (
        <p className="quiet">
          The newest {formatCount(value.sightings.length)} of {formatCount(value.sightingsTotal)} places are shown.
        </p>
      )}
      {value.chains.length > 0 && (
        <Section title="Hop chains that it flowed in">
          <div className="chain-list">
            {value.chains.map((chain) => (
              <ChainSentence key={chain.id} chain={chain} />
            ))}
          </div>
        </Section>
      )}
    </Page>
  )
}

function ValueFacts({ value }: { value: ObservableDetail }) {
  return (
    <Facts>
      <Fact label="Kind">{value.kind}</Fact>
      <Fact label="First">
        <Instant at={value.firstAt} />
      </Fact>
      <Fact label="Last">
        <Instant at={value.lastAt} />
      </Fact>
      <Fact label="Places">
        {plural(value.sightingsTotal, 'place')} in {plural(value.sessions.length, 'session')}
      </Fact>
      <Fact label="Digest" isWide>
        <code>{value.digest}</code>
        {value.value === null && <span className="faint"> The value itself is stored nowhere, or not shown to you.</span>}
      </Fact>
    </Facts>
  )
}
