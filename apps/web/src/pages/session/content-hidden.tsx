import type { SessionDetail } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { plural } from '../../format/quantity.ts'
import { Forbidden } from '../../identity/forbidden.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Completeness } from '../../ui/state.tsx'
import { reasonsOf } from '../health/verdict.ts'

/** In the place of the replay, for who may know that a session was and not what was said in it. */
export function ContentHidden({ session }: { session: SessionDetail }) {
  return (
    <>
      <Forbidden title="Content is hidden" right="content">
        <p>
          {plural(session.commands, session.isSql ? 'statement' : 'command')} in {plural(session.events, 'event')}
          {session.errors > 0 && `, ${session.errors} of them failed`}. What was said in them is not shown to you.
        </p>
        {useMay('audit') && (
          <p>
            <Link to="/access-log" search={{ id: session.id, last: '30d' }}>
              Who viewed this session
            </Link>
          </p>
        )}
      </Forbidden>
      <Verification sessionId={session.id} />
    </>
  )
}

function Verification({ sessionId }: { sessionId: string }) {
  const answer = useInfiniteQuery(queries.verify({ session: sessionId }))
  const verdict = answer.data?.pages[0]?.items[0]
  return (
    <Section title="Verification" aside={<span className="faint">sequence, hashes and heartbeats</span>}>
      {answer.isPending && <Loading what="the walk over every event" />}
      {answer.isError && <Failure error={answer.error} what="verification" onRetry={() => answer.refetch()} />}
      {verdict !== undefined && (
        <p className="row">
          <Completeness value={verdict.completeness} />
          <span className="quiet">
            {plural(verdict.events, 'event')} up to seq {verdict.lastSeq}
            {reasonsOf(verdict) !== '' && ` · ${reasonsOf(verdict)}`}
          </span>
        </p>
      )}
    </Section>
  )
}
