import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/outcomes.tsx'
import { Page } from '../ui/page.tsx'

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <Empty title="Nothing has this address">
        <p>
          Begin at <Link to="/">Triage</Link> or among the <Link to="/sessions">sessions</Link>.
        </p>
      </Empty>
    </Page>
  )
}
