import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { formatBytes } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { Completeness } from '../../ui/state.tsx'
import { RecordingStatus } from '../triage/recording-status.tsx'

/** Is the recording whole, and what could not be understood? */
export function HealthPage() {
  const triage = useQuery(queries.triage())
  return (
    <Page title="Health">
      {triage.isPending && <Loading what="the state of the recording" />}
      {triage.isError && <Failure error={triage.error} what="the state of the recording" onRetry={() => triage.refetch()} />}
      {triage.isSuccess && <RecordingStatus recording={triage.data.recording} now={triage.data.now} />}
      <Verification />
      <DeadLetters />
    </Page>
  )
}

function Verification() {
  const answer = useInfiniteQuery(queries.verify({}))
  const verdicts = answer.data?.pages.flatMap((page) => page.items) ?? []
  const notWhole = verdicts.filter(({ completeness }) => completeness === 'gap' || completeness === 'conflict')
  const counts = (answer.data?.pages ?? []).reduce(
    (sum, { counts: page }) => ({
      complete: sum.complete + page.complete,
      unfinished: sum.unfinished + page.unfinished,
      gap: sum.gap + page.gap,
      conflict: sum.conflict + page.conflict,
    }),
    { complete: 0, unfinished: 0, gap: 0, conflict: 0 },
  )
  return (
    <Section title="Verification" aside={<span className="faint">sequence, hashes and heartbeats of the last 24 h</span>}>
      {answer.isPending && <Loading what="the walk over every session" />}
      {answer.isError && <Failure error={answer.error} what="verification" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && (
        <p className="counts">
          {(['complete', 'unfinished', 'gap', 'conflict'] as const).map((name) => (
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

type Verdict = { missing: [number, number][]; conflicts: number[]; declaredGaps: number[]; wrongHashes: number[] }

function reasonsOf({ missing, conflicts, declaredGaps, wrongHashes }: Verdict): string {
  return [
    ...missing.map(([from, to]) => `seq ${from} to ${to} missing`),
    ...conflicts.map((seq) => `conflict at ${seq}`),
    ...wrongHashes.map((seq) => `wrong hash at ${seq}`),
    ...declaredGaps.map((seq) => `gap declared at ${seq}`),
  ].join(' · ')
}

function DeadLetters() {
  const answer = useInfiniteQuery(queries.deadLetters())
  const letters = answer.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title="Dead letters" aside={<span className="faint">messages that could not be understood, kept whole</span>}>
      {answer.isPending && <Loading what="dead letters" />}
      {answer.isError && <Failure error={answer.error} what="dead letters" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && letters.length === 0 && <Empty title="Every message was understood" />}
      {letters.length > 0 && (
        <div className="table-scroll">
          <table className="table" aria-label="Dead letters">
            <thead>
              <tr>
                <th scope="col">Received</th>
                <th scope="col">Reason</th>
                <th scope="col">Where</th>
                <th scope="col">Source</th>
                <th scope="col" className="number">
                  Size
                </th>
              </tr>
            </thead>
            <tbody>
              {letters.map((letter) => (
                <tr key={letter.id}>
                  <td>
                    <Instant at={letter.receivedAt} />
                  </td>
                  <td>
                    <Link to="/dead-letters/$letterId" params={{ letterId: letter.id }}>
                      {letter.reason}
                    </Link>
                  </td>
                  <td>
                    <Recorded text={letter.at} limit={120} />
                  </td>
                  <td>
                    <Recorded text={letter.source} limit={120} />
                  </td>
                  <td className="number">{formatBytes(letter.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <More
        hasNext={answer.hasNextPage}
        isLoading={answer.isFetchingNextPage}
        onMore={() => void answer.fetchNextPage()}
        what="dead letters"
      />
    </Section>
  )
}
