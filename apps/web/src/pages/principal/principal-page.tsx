import { getRouteApi } from '@tanstack/react-router'
import { Page, Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { RunList } from '../runs/run-list.tsx'
import { FilteredSessions } from '../sessions/filtered-sessions.tsx'

const route = getRouteApi('/principals/$principal')

export function PrincipalPage() {
  const { principal } = route.useParams()
  const range = route.useSearch()
  return (
    <Page title={`Principal ${principal}`} heading={<Recorded text={principal} limit={120} />}>
      <Section title="Agent runs">
        <RunList params={{ principal }} />
      </Section>
      <FilteredSessions filter={{ principal: [principal] }} range={range} title="Sessions of this principal" />
      <FilteredSessions filter={{ rootPrincipal: [principal] }} range={range} title="Sessions on its behalf" />
    </Page>
  )
}
