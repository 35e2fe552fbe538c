import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { formatBytes } from '../../format/quantity.ts'
import { Forbidden } from '../../identity/forbidden.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Instant } from '../../ui/instant.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { LetterState } from './letter-state.tsx'
import { ReplayLetter } from './replay-letter.tsx'

/** Messages that could not be understood, kept whole; each can be tried again. */
export function DeadLetters() {
  const mayOperate = useMay('operate')
  const maySeeContent = useMay('content')
  return (
    <Section title="Dead letters" aside={<span className="faint">messages that could not be understood, kept whole</span>}>
      {mayOperate || maySeeContent ? <Letters /> : <Forbidden title="Dead letters are hidden" right="content" />}
    </Section>
  )
}

function Letters() {
  const maySeeContent = useMay('content')
  const answer = useInfiniteQuery(queries.deadLetters())
  const letters = answer.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      {answer.isPending && <Loading what="dead letters" />}
      {answer.isError && <Failure error={answer.error} what="dead letters" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && letters.length === 0 && <Empty title="Every message was understood" />}
      {letters.length > 0 && (
        <div className="table-scroll">
          <table className="table stacked letters-table" aria-label="Dead letters">
            <thead>
              <tr>
                <th scope="col">Received</th>
                <th scope="col">Reason</th>
                <th scope="col">Where</th>
                <th scope="col">Source</th>
                <th scope="col">State</th>
                <th scope="col" className="number">
                  Size
                </th>
                <th scope="col">
                  <span className="visually-hidden">What to do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {letters.map((letter) => (
                <tr key={letter.id}>
                  <td className="at-when">
                    <Instant at={letter.receivedAt} />
                  </td>
                  <td className="at-why">
                    {maySeeContent ? (
                      <Link to="/dead-letters/$letterId" params={{ letterId: letter.id }}>
                        {letter.reason}
                      </Link>
                    ) : (
                      letter.reason
                    )}
                  </td>
                  <td className="at-of">
                    <Recorded text={letter.at} limit={120} />
                  </td>
                  <td className="at-span">
                    <Recorded text={letter.source} limit={120} />
                  </td>
                  <td className="at-state">
                    <LetterState letter={letter} />
                  </td>
                  <td className="number at-duration">{formatBytes(letter.bytes)}</td>
                  <td className="at-act">{letter.state === 'open' && <ReplayLetter letter={letter} />}</td>
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
    </>
  )
}
