import type { AccessLogPage as Page_ } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { Instant } from '../../ui/instant.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { rangeParams } from '../../url/time-range.ts'

const route = getRouteApi('/access-log')

/** Who looked at what: every view of something recorded is itself recorded. */
export function AccessLogPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const { viewer, id } = search
  const answer = useInfiniteQuery(queries.accessLog({ viewer, id, ...rangeParams(search, nowMs) }))
  const entries = answer.data?.pages.flatMap((page) => page.items) ?? []
  const change = (next: Partial<typeof search>) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...next }) })
  return (
    <Page title="Access log" actions={<RangePicker range={search} onChange={change} />}>
      <p className="quiet">Every view of something recorded is recorded too.</p>
      {(viewer !== undefined || id !== undefined) && (
        <p className="row">
          <span className="chip">
            <span className="faint">{viewer === undefined ? 'views of' : 'views by'}</span>{' '}
            <Recorded text={viewer ?? id ?? ''} limit={60} />
            <button
              type="button"
              className="chip-remove"
              aria-label="Remove filter"
              onClick={() => change({ viewer: undefined, id: undefined })}
            >
              ×
            </button>
          </span>
        </p>
      )}
      {answer.isPending && <Loading what="the access log" />}
      {answer.isError && <Failure error={answer.error} what="the access log" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && entries.length === 0 && <Empty title="Nobody looked in this time" />}
      {entries.length > 0 && <LogTable entries={entries} onFilter={change} />}
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="views" />
    </Page>
  )
}

type LogTableProps = { entries: Page_['items']; onFilter: (filter: { viewer?: string; id?: string }) => void }

function LogTable({ entries, onFilter }: LogTableProps) {
  return (
    <div className="table-scroll">
      <table className="table log-table" aria-label="Views">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Viewer</th>
            <th scope="col">Saw</th>
            <th scope="col">Of</th>
            <th scope="col">Span</th>
            <th scope="col">Proof</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={`${entry.event.sessionId}/${entry.event.seq}`}>
              <td>
                <Instant at={entry.at} />
              </td>
              <td>
                <button type="button" className="text-button" onClick={() => onFilter({ viewer: entry.viewer })}>
                  <Recorded text={entry.viewer} limit={60} />
                </button>
              </td>
              <td>{entry.isContent ? <strong>content</strong> : <span className="quiet">metadata</span>}</td>
              <td>
                <Seen resource={entry.resource} id={entry.id} />
              </td>
              <td className="quiet">
                <Recorded text={entry.span} limit={120} />
              </td>
              <td>
                <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: entry.event.sessionId, seq: String(entry.event.seq) }}>
                  proof
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Seen({ resource, id }: { resource: string; id: string }) {
  const code = <code title={id}>{shortId(id)}</code>
  if (resource === 'session') {
    return (
      <>
        session{' '}
        <Link to="/sessions/$sessionId" params={{ sessionId: id }}>
          {code}
        </Link>
      </>
    )
  }
  if (resource === 'chain') {
    return (
      <>
        chain{' '}
        <Link to="/chains/$chainId" params={{ chainId: id }}>
          {code}
        </Link>
      </>
    )
  }
  if (resource === 'run' && id !== '') {
    return (
      <>
        run{' '}
        <Link to="/runs/$runId" params={{ runId: id }}>
          {code}
        </Link>
      </>
    )
  }
  return (
    <>
      {resource} {id !== '' && <Recorded text={id} limit={60} />}
    </>
  )
}
