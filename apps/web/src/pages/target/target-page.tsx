import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { targets } from '../../api/queries.ts'
import { Fact, Facts, Page } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { FilteredSessions } from '../sessions/filtered-sessions.tsx'

const route = getRouteApi('/targets/$target')

export function TargetPage() {
  const { target } = route.useParams()
  const known = useQuery(targets()).data?.items.find((item) => item.name === target)
  return (
    <Page title={`Target ${target}`} heading={<Recorded text={target} limit={120} />}>
      {known === undefined ? (
        <p className="quiet">The gateway does not offer this target now; below is what was recorded of it.</p>
      ) : (
        <Facts>
          <Fact label="Protocol">
            <Protocol protocol={known.protocol} isNamed />
          </Fact>
          <Fact label="Address">
            <code>{known.address}</code>
          </Fact>
          <Fact label="Account">
            <code>{known.account}</code>
          </Fact>
          <Fact label="Also known as">{known.aliases.length === 0 ? 'no other name' : known.aliases.join(', ')}</Fact>
          <Fact label="Durability">{known.durability}</Fact>
        </Facts>
      )}
      <FilteredSessions filter={{ target: [target] }} range={route.useSearch()} />
    </Page>
  )
}
