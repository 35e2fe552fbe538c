import type { SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { EventList } from './events/event-list.tsx'
import { ExportLinks } from './export-links.tsx'
import { SessionFacts } from './session-facts.tsx'
import { SqlReplay } from './sql/sql-replay.tsx'
import { TerminalReplay } from './terminal/terminal-replay.tsx'

const route = getRouteApi('/sessions/$sessionId')

export function SessionPage() {
  const { sessionId } = route.useParams()
  const answer = useQuery(queries.session(sessionId))
  if (answer.isPending) {
    return (
      <Page title="Session">
        <Loading what="the session" />
      </Page>
    )
  }
  if (answer.isError) {
    return (
      <Page title="Session">
        <Failure error={answer.error} what="session" onRetry={() => answer.refetch()} />
      </Page>
    )
  }
  return <LoadedSession session={answer.data} />
}

function LoadedSession({ session }: { session: SessionDetail }) {
  const { view = 'replay', channel } = route.useSearch()
  const heading = (
    <>
      <Protocol protocol={session.protocol} /> <Recorded text={session.target.account} limit={60} />
      <span className="faint">@</span>
      <Recorded text={session.target.name} limit={80} />
    </>
  )
  return (
    <Page
      title={`${session.target.account}@${session.target.name} ${shortId(session.id)}`}
      heading={heading}
      actions={
        <CopyButton text={() => window.location.href} label="Copy a link to this very moment">
          Copy link
        </CopyButton>
      }
    >
      <SessionFacts session={session} />
      <div className="session-bar">
        <nav className="tabs" aria-label="Views of this session">
          <Link
            from="/sessions/$sessionId"
            to="."
            search={(previous) => ({ ...previous, view: undefined })}
            className="tab"
            aria-current={view === 'replay' ? 'page' : undefined}
          >
            {session.isSql ? 'Statements' : 'Replay'}
          </Link>
          <Link
            from="/sessions/$sessionId"
            to="."
            search={(previous) => ({ ...previous, view: 'events' as const })}
            className="tab"
            aria-current={view === 'events' ? 'page' : undefined}
          >
            Events <span className="faint">{session.events}</span>
          </Link>
        </nav>
        <ExportLinks session={session} channel={channel} />
      </div>
      {view === 'events' ? <EventList session={session} /> : <Replay session={session} />}
    </Page>
  )
}

function Replay({ session }: { session: SessionDetail }) {
  if (session.isSql) return <SqlReplay session={session} />
  if (session.isTerminal) return <TerminalReplay session={session} />
  return (
    <Empty title="Nothing to play">
      <p>
        This session has neither statements nor terminal output.{' '}
        <Link from="/sessions/$sessionId" to="." search={(previous) => ({ ...previous, view: 'events' as const })}>
          Its {session.events} events
        </Link>{' '}
        say what happened.
      </p>
    </Empty>
  )
}
