import type { SessionsPage } from '@hoptrace/api'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { formatCount } from '../../format/quantity.ts'
import { Begin } from '../../ui/begin.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { chipsOf, type SessionsSearch, sortOf, withoutFilters, withSort } from '../../url/session-search.ts'
import { rangeParams } from '../../url/time-range.ts'
import { SessionTable } from './session-table.tsx'

const PAGE_SIZE = 50

/** The answer to an address of the sessions page. */
export function useSessions(search: SessionsSearch) {
  const [nowMs] = useState(() => Date.now())
  const { last: _last, page: _page, from: _from, to: _to, ...filters } = search
  return useQuery({
    ...queries.sessions({ ...filters, ...rangeParams(search, nowMs), limit: PAGE_SIZE }),
    placeholderData: keepPreviousData,
  })
}

type SessionListProps = { answer: ReturnType<typeof useSessions>; search: SessionsSearch; onChange: (search: SessionsSearch) => void }

export function SessionList({ answer, search, onChange }: SessionListProps) {
  if (answer.isError) return <Failure error={answer.error} what="sessions" onRetry={() => answer.refetch()} />
  if (answer.isPending) return <Loading what="sessions" />
  const { data } = answer
  if (!data.hasAny) return <Begin />
  if (data.items.length === 0) return <NoMatch search={search} onChange={onChange} />
  return (
    <>
      <SessionTable sessions={data.items} label="Sessions" sort={sortOf(search)} onSort={(sort) => onChange(withSort(search, sort))} />
      <Pager data={data} search={search} onChange={onChange} />
    </>
  )
}

function NoMatch({ search, onChange }: { search: SessionsSearch; onChange: (search: SessionsSearch) => void }) {
  const isFiltered = chipsOf(search).length > 0 || search.q !== undefined
  return (
    <Empty title={isFiltered ? 'No session matches' : 'No session began in this time'}>
      <p>Sessions were recorded, but none in this range{isFiltered ? ' with these filters' : ''}.</p>
      <p className="row">
        {isFiltered && (
          <button type="button" className="button" onClick={() => onChange(withoutFilters(search))}>
            Clear the filters
          </button>
        )}
        <button
          type="button"
          className="button"
          onClick={() => onChange({ ...search, last: '30d', from: undefined, to: undefined, cursor: undefined, page: undefined })}
        >
          Look at the last 30 days
        </button>
      </p>
    </Empty>
  )
}

function Pager({ data, search, onChange }: { data: SessionsPage; search: SessionsSearch; onChange: (search: SessionsSearch) => void }) {
  const { history } = useRouter()
  const page = search.page ?? 1
  const first = (page - 1) * PAGE_SIZE + 1
  const { nextCursor } = data
  return (
    <nav className="pager" aria-label="Pages">
      <span className="faint">
        {formatCount(first)}–{formatCount(first + data.items.length - 1)} of {formatCount(data.total)}
      </span>
      <button
        type="button"
        className="button small"
        disabled={page === 1}
        onClick={() => onChange({ ...search, cursor: undefined, page: undefined })}
      >
        First page
      </button>
      <button type="button" className="button small" disabled={page === 1 || !history.canGoBack()} onClick={() => history.back()}>
        Previous
      </button>
      <button
        type="button"
        className="button small"
        disabled={nextCursor === null}
        onClick={() => nextCursor !== null && onChange({ ...search, cursor: nextCursor, page: page + 1 })}
      >
        Next
      </button>
    </nav>
  )
}
