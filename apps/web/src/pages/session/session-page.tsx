import type { SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { useMay } from '../../identity/identity.tsx'
import { withoutReveal } from '../../masking/masked-text.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { ContentHidden } from './content-hidden.tsx'
import { EventList } from './events/event-list.tsx'
import { ExportLinks } from './export-links.tsx'
import { RequestsReplay } from './requests/requests-replay.tsx'
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
  const maySeeContent = useMay('content')
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
        <CopyButton text={() => withoutReveal(window.location.href)} label="Copy a link to this very moment">
          Copy link
        </CopyButton>
      }
    >
      <SessionFacts session={session} />
      <div className="session-bar">
        <nav className="tabs" aria-label="Views of this session">
          <Tab view={undefined} isCurrent={view === 'replay'}>
            {session.isSql ? 'Statements' : isOfRequests(session) ? 'Requests' : 'Replay'}
          </Tab>
          {isOfRequests(session) && session.isTerminal && (
            <Tab view="terminal" isCurrent={view === 'terminal'}>
              Terminal <span className="faint">{session.channels.length}</span>
            </Tab>
          )}
          <Tab view="events" isCurrent={view === 'events'}>
            Events <span className="faint">{session.events}</span>
          </Tab>
        </nav>
        <ExportLinks session={session} channel={channel} />
      </div>
      {!maySeeContent && <ContentHidden session={session} />}
      {maySeeContent && (view === 'events' ? <EventList session={session} /> : <Replay session={session} view={view} />)}
    </Page>
  )
}

/** Over HTTP and Kubernetes a session is requests, some of which open terminals. */
function isOfRequests({ protocol }: SessionDetail): boolean {
  return protocol === 'http' || protocol === 'kubernetes'
}

function Tab({ view, isCurrent, children }: { view: 'terminal' | 'events' | undefined; isCurrent: boolean; children: ReactNode }) {
  return (
    <Link
      from="/sessions/$sessionId"
      to="."
      search={(previous) => ({ ...previous, view })}
      className="tab"
      aria-current={isCurrent ? 'page' : undefined}
    >
      {children}
    </Link>
  )
}

function Replay({ session, view }: { session: SessionDetail; view: 'replay' | 'terminal' }) {
  if (isOfRequests(session) && view === 'replay') return <RequestsReplay session={session} />
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
