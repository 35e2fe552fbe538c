import { getRouteApi, Link } from '@tanstack/react-router'
import { Page } from '../../ui/page.tsx'
import { RunList } from './run-list.tsx'
import { StartRun } from './start-run.tsx'

const route = getRouteApi('/runs')
const STATES = [undefined, 'live', 'expired', 'revoked'] as const

export function RunsPage() {
  const { state, principal } = route.useSearch()
  return (
    <Page title="Agent runs" actions={<StartRun />}>
      <nav className="tabs" aria-label="Which runs">
        {STATES.map((value) => (
          <Link
            key={value ?? 'all'}
            from="/runs"
            to="."
            search={(previous) => ({ ...previous, state: value })}
            className="tab"
            activeOptions={{ exact: true }}
            aria-current={value === state ? 'page' : undefined}
          >
            {value === undefined ? 'All' : value[0]?.toUpperCase() + value.slice(1)}
          </Link>
        ))}
      </nav>
      <RunList params={{ state, principal }} />
    </Page>
  )
}
