import type { RunSummary } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Params } from '../../api/client.ts'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { Begin } from '../../ui/begin.tsx'
import { Instant } from '../../ui/instant.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { RunState } from '../../ui/state.tsx'
import { PrincipalValue } from '../../ui/values.tsx'
import { Grants } from './grants.tsx'
import { Revoke } from './revoke.tsx'

export function RunList({ params }: { params: Params }) {
  const answer = useInfiniteQuery(queries.runs(params))
  if (answer.isPending) return <Loading what="agent runs" />
  if (answer.isError) return <Failure error={answer.error} what="agent runs" onRetry={() => answer.refetch()} />
  const runs = answer.data.pages.flatMap((page) => page.items)
  if (runs.length === 0) return Object.values(params).some((value) => value !== undefined) ? <Empty title="No such agent run" /> : <Begin />
  return (
    <>
      <RunTable runs={runs} label="Agent runs" />
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="runs" />
    </>
  )
}

export function RunTable({ runs, label }: { runs: readonly RunSummary[]; label: string }) {
  return (
    <div className="table-scroll">
      <table className="table stacked runs-table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Principal</th>
            <th scope="col">On behalf of</th>
            <th scope="col">Task</th>
            <th scope="col">May reach</th>
            <th scope="col">State</th>
            <th scope="col">Expires</th>
            <th scope="col" className="number">
              Sessions
            </th>
            <th scope="col" className="number">
              Denials
            </th>
            <th scope="col">
              <span className="visually-hidden">Act</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RunRow({ run }: { run: RunSummary }) {
  return (
    <tr>
      <td className="nowrap at-run">
        {run.lineage.length > 0 && (
          <span className="faint" title={`Delegated, depth ${run.lineage.length}`}>
            {'↳'.repeat(Math.min(3, run.lineage.length))}{' '}
          </span>
        )}
        <Link to="/runs/$runId" params={{ runId: run.id }}>
          <code title={run.id}>{shortId(run.id)}</code>
        </Link>
      </td>
      <td className="at-principal">
        <PrincipalValue principal={run.principal} />
      </td>
      <td className="at-root">
        <PrincipalValue principal={run.rootPrincipal} field="rootPrincipal" />
      </td>
      <td className="task at-task">
        <Recorded text={run.task} limit={120} />
      </td>
      <td className="at-grants">
        <Grants grants={run.grants} />
      </td>
      <td className="at-state">
        <RunState value={run.state} />
      </td>
      <td className="at-expires">
        <Instant at={run.expiresAt} />
      </td>
      <td className="number at-sessions">
        {run.openSessions !== null && run.openSessions > 0 && <span className="accent-text">{run.openSessions} open of </span>}
        {run.sessions}
      </td>
      <td className={`number at-denials ${run.denials > 0 ? 'bad-text' : 'faint'}`}>{run.denials}</td>
      <td className="at-act">{run.state === 'live' && <Revoke run={run} />}</td>
    </tr>
  )
}
