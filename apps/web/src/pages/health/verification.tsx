import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { More } from '../../ui/more.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Completeness } from '../../ui/state.tsx'
import { reasonsOf } from './verdict.ts'

/** Every session walked, and those that are not whole. */
export function Verification() {
  const answer = useInfiniteQuery(queries.verify({}))
  const verdicts = answer.data?.pages.flatMap((page) => page.items) ?? []
  const notWhole = verdicts.filter(({ completeness }) => completeness === 'gap' || completeness === 'conflict')
  const counts = (answer.data?.pages ?? []).reduce(
    (sum, { counts: page }) => ({
      complete: sum.complete + page.complete,
      unfinished: sum.unfinished + page.unfinished,
      gap: sum.gap + page.gap,
      conflict: sum.conflict + page.conflict,
      expired: sum.expired + page.expired,
    }),
    { complete: 0, unfinished: 0, gap: 0, conflict: 0, expired: 0 },
  )
  return (
    <Section title="Verification" aside={<span className="faint">sequence, hashes and heartbeats of the last 24 h</span>}>
      {answer.isPending && <Loading what="the walk over every session" />}
      {answer.isError && <Failure error={answer.error} what="verification" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && (
        <p className="counts">
          {(['complete', 'unfinished', 'gap', 'conflict', 'expired'] as const).map((name) => (
            <span key={name}>
              {counts[name]} <Completeness value={name} />
            </span>
          ))}
        </p>
      )}
      {notWhole.length > 0 && (
        <ul className="lines">
          {notWhole.map((verdict) => (
            <li key={verdict.sessionId} className="line">
              <Completeness value={verdict.completeness} />
              <Link to="/sessions/$sessionId" params={{ sessionId: verdict.sessionId }} search={{ view: 'events' }}>
                <code>{shortId(verdict.sessionId)}</code>
              </Link>
              <span className="quiet">{reasonsOf(verdict)}</span>
            </li>
          ))}
        </ul>
      )}
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="sessions" />
    </Section>
  )
}
