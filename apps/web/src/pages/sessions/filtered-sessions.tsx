import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import type { SessionsSearch } from '../../url/session-search.ts'
import { type RangeSearch, rangeParams } from '../../url/time-range.ts'
import { SessionTable } from './session-table.tsx'

type FilteredSessionsProps = { filter: SessionsSearch; range?: RangeSearch; title?: string }

/** The newest sessions with something in common, and the way to all of them. Without a range, the last 30 days. */
export function FilteredSessions({ filter, range = {}, title = 'Sessions' }: FilteredSessionsProps) {
  const [nowMs] = useState(() => Date.now())
  const wide: RangeSearch = range.from === undefined && range.to === undefined ? { last: range.last ?? '30d' } : range
  const answer = useQuery(queries.sessions({ ...filter, ...rangeParams(wide, nowMs), limit: 20 }))
  const all = (
    <Link to="/sessions" search={{ ...filter, ...wide }}>
      Show among all sessions
    </Link>
  )
  return (
    <Section title={title} aside={all}>
      {answer.isPending && <Loading what="sessions" />}
      {answer.isError && <Failure error={answer.error} what="sessions" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && answer.data.items.length === 0 && <Empty title="None in this time" />}
      {answer.isSuccess && answer.data.items.length > 0 && <SessionTable sessions={answer.data.items} label={title} />}
    </Section>
  )
}
