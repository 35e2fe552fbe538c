import type { DiscoveryRun, SessionDetail } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useId, useState } from 'react'
import * as queries from '../../../api/queries.ts'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { plural } from '../../../format/quantity.ts'
import { More } from '../../../ui/more.tsx'
import { Failure, Loading } from '../../../ui/outcomes.tsx'
import { requestParams } from '../../../url/request-search.ts'
import { RequestRow } from './request-list.tsx'

const route = getRouteApi('/sessions/$sessionId')

type DiscoveryLineProps = { session: SessionDetail; run: DiscoveryRun; isSelected: boolean; reveal: '1' | undefined }

/** Requests by which a client learned what the server has: one line, which opens. Open from the start where the address names one of them. */
export function DiscoveryLine({ session, run, isSelected, reveal }: DiscoveryLineProps) {
  const { seq } = route.useSearch()
  const [isOpen, setOpen] = useState(isSelected && seq !== undefined && seq <= run.toSeq)
  const id = useId()
  return (
    <li className={`request-line discovery ${isSelected && !isOpen ? 'selected' : ''}`}>
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <span className="faint at">{formatPosition(run.ms)}</span>
        <span className="fold" aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <span className="what quiet">
          {plural(run.count, 'request')} of discovery <span className="faint">what the server has</span>
        </span>
        <span className="notes" />
        <span className={`went ${run.failed > 0 ? 'bad-text' : 'faint'}`}>{run.failed > 0 ? `${run.failed} failed` : 'all answered'}</span>
        <span className="faint number took">{formatDuration(run.durationMs * 1000)}</span>
        <span className="size" />
      </button>
      {isOpen && (
        <div id={id}>
          <Opened session={session} run={run} reveal={reveal} seq={seq} />
        </div>
      )}
    </li>
  )
}

type OpenedProps = Omit<DiscoveryLineProps, 'isSelected'> & { seq: number | undefined }

function Opened({ session, run, reveal, seq }: OpenedProps) {
  const search = route.useSearch()
  const params = { ...requestParams(search), reveal, discovery: 'each', after: run.fromSeq - 1, through: run.toSeq }
  const answer = useInfiniteQuery(queries.requests(session.id, params))
  if (answer.isPending) return <Loading what="discovery" />
  if (answer.isError) return <Failure error={answer.error} what="discovery" onRetry={() => answer.refetch()} />
  const lines = answer.data.pages.flatMap((page) => page.items)
  const selected = seq === undefined || seq > run.toSeq + 1 ? undefined : lines.findLast((line) => line.seq <= seq)
  return (
    <>
      <ol className="request-lines within" aria-label="Requests of discovery">
        {lines.map((line) => line.kind === 'request' && <RequestRow key={line.seq} line={line} isSelected={line === selected} />)}
      </ol>
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => answer.fetchNextPage()} what="discovery" />
    </>
  )
}
