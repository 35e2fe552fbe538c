import type { RunSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatAgo } from '../../format/duration.ts'
import { millisOf } from '../../format/instant.ts'
import { plural } from '../../format/quantity.ts'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { Grants } from '../runs/grants.tsx'
import { Revoke } from '../runs/revoke.tsx'

export function LiveRuns({ runs, now }: { runs: readonly RunSummary[]; now: string }) {
  return (
    <Section title="Live agent runs" aside={<Link to="/runs">All runs</Link>}>
      {runs.length === 0 && <Empty title="No run is live" />}
      <ul className="live-runs">
        {runs.map((run) => (
          <li key={run.id} className="live-run">
            <div>
              <Link to="/runs/$runId" params={{ runId: run.id }}>
                <strong>
                  <Recorded text={run.principal} limit={60} />
                </strong>
              </Link>
              {run.rootPrincipal !== run.principal && (
                <span className="quiet">
                  {' '}
                  on behalf of {run.rootPrincipal === null ? 'someone unknown' : <Recorded text={run.rootPrincipal} limit={60} />}
                </span>
              )}
              <p className="quiet">
                <Recorded text={run.task} limit={160} />
              </p>
              <div className="run-meta">
                <Grants grants={run.grants} />
                <span className="faint">
                  {run.openSessions !== null && `${plural(run.openSessions, 'open session')} · `}expires{' '}
                  {formatAgo(millisOf(run.expiresAt), millisOf(now))}
                </span>
              </div>
            </div>
            <Revoke run={run} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
