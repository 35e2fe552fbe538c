import type { AlertDetail, RunDetail, SessionDetail } from '@hoptrace/api'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { formatAgo } from '../../format/duration.ts'
import { shortId } from '../../format/identifier.ts'
import { millisOf } from '../../format/instant.ts'
import { plural } from '../../format/quantity.ts'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { Revoke } from '../runs/revoke.tsx'

/** Of more than these only the count is shown. */
const MAX_SHOWN = 12

/** Does it go on? What is open, and what ends it, in one place. */
export function StillOpen({ alert, nowMs }: { alert: AlertDetail; nowMs: number }) {
  const { sessions, liveRuns } = alert.open
  const isOpen = sessions.length + liveRuns.length > 0
  return (
    <section className={`status still-open ${isOpen ? 'bad' : 'good'}`} aria-label="Still open?">
      <div className="status-word" role="status">
        {isOpen ? (
          <State tone="bad">
            Still open: {plural(liveRuns.length, 'live run')}, {plural(sessions.length, 'open session')}
          </State>
        ) : (
          <State tone="good">Nothing of it is open</State>
        )}
        {!isOpen && <p>Its {plural(alert.runs.length, 'run')} ended or can reach nothing more, and no session of theirs is open.</p>}
      </div>
      {isOpen && (
        <div className="open-lists">
          <LiveRunsOf ids={liveRuns} nowMs={nowMs} />
          <OpenSessionsOf ids={sessions} />
        </div>
      )}
    </section>
  )
}

function LiveRunsOf({ ids, nowMs }: { ids: readonly string[]; nowMs: number }) {
  const answers = useQueries({ queries: ids.slice(0, MAX_SHOWN).map((id) => queries.run(id)) })
  if (ids.length === 0) return null
  return (
    <ul className="lines" aria-label="Live runs">
      {answers.map(({ data }, index) => (
        <li key={ids[index]} className="line">
          {data === undefined ? <RunName id={ids[index] ?? ''} /> : <LiveRun run={data} nowMs={nowMs} />}
        </li>
      ))}
      {ids.length > MAX_SHOWN && <li className="line faint">and {ids.length - MAX_SHOWN} more</li>}
    </ul>
  )
}

function RunName({ id }: { id: string }) {
  return (
    <Link to="/runs/$runId" params={{ runId: id }} className="grow">
      run <code>{shortId(id)}</code>
    </Link>
  )
}

function LiveRun({ run, nowMs }: { run: RunDetail; nowMs: number }) {
  return (
    <>
      <span className="grow">
        <Link to="/runs/$runId" params={{ runId: run.id }}>
          <strong>
            <Recorded text={run.principal} limit={60} />
          </strong>
        </Link>{' '}
        <span className="quiet">
          {millisOf(run.expiresAt) > nowMs ? 'expires' : 'expired'} {formatAgo(millisOf(run.expiresAt), nowMs)}
        </span>
      </span>
      {run.state === 'live' ? <Revoke run={run} /> : <span className="quiet">{run.state}</span>}
    </>
  )
}

function OpenSessionsOf({ ids }: { ids: readonly string[] }) {
  const answers = useQueries({ queries: ids.slice(0, MAX_SHOWN).map((id) => queries.session(id)) })
  if (ids.length === 0) return null
  return (
    <ul className="lines" aria-label="Open sessions">
      {answers.map(({ data }, index) => (
        <li key={ids[index]} className="line">
          <Link to="/sessions/$sessionId" params={{ sessionId: ids[index] ?? '' }} className="grow">
            {data === undefined ? <code>{shortId(ids[index] ?? '')}</code> : <SessionName session={data} />}
          </Link>
        </li>
      ))}
      {ids.length > MAX_SHOWN && <li className="line faint">and {ids.length - MAX_SHOWN} more</li>}
    </ul>
  )
}

function SessionName({ session }: { session: SessionDetail }) {
  return (
    <>
      <Protocol protocol={session.protocol} /> <Recorded text={`${session.target.account}@${session.target.name}`} limit={80} />
    </>
  )
}
