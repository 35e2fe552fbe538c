import type { Suppression } from '@hoptrace/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { apiPath, postJson } from '../../api/client.ts'
import * as queries from '../../api/queries.ts'
import { millisOf } from '../../format/instant.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'

/** Of what nobody is told, why, on whose word, and until when. */
export function SuppressionsPage() {
  const answer = useQuery(queries.suppressions())
  return (
    <Page title="Suppressions">
      <p className="quiet">What these cover is raised and kept all the same; only nobody is told. Each ends by itself.</p>
      {answer.isPending && <Loading what="suppressions" />}
      {answer.isError && <Failure error={answer.error} what="suppressions" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && answer.data.items.length === 0 && (
        <Empty title="Nothing is suppressed">
          <p>
            An alert's page can suppress others like it. <Link to="/alerts">All alerts</Link>
          </p>
        </Empty>
      )}
      {answer.isSuccess && answer.data.items.length > 0 && <SuppressionTable items={answer.data.items} nowMs={answer.dataUpdatedAt} />}
    </Page>
  )
}

function SuppressionTable({ items, nowMs }: { items: readonly Suppression[]; nowMs: number }) {
  return (
    <div className="table-scroll">
      <table className="table stacked suppressions-table" aria-label="Suppressions">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Covers</th>
            <th scope="col">Reason</th>
            <th scope="col">Owner</th>
            <th scope="col">Until</th>
            <th scope="col">
              <span className="visually-hidden">Act</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td className="at-state">
                <SuppressionState item={item} nowMs={nowMs} />
              </td>
              <td className="at-what">
                <Covers item={item} />
              </td>
              <td className="at-why">
                <Recorded text={item.reason} limit={300} />
              </td>
              <td className="at-who">
                <Recorded text={item.owner} limit={80} />
              </td>
              <td className="at-when">
                <Instant at={item.until} />
              </td>
              <td className="at-act">{isOn(item, nowMs) && <Lift item={item} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const isOn = ({ lifted, until }: Suppression, nowMs: number) => lifted === null && millisOf(until) > nowMs

function SuppressionState({ item, nowMs }: { item: Suppression; nowMs: number }) {
  if (item.lifted !== null) return <State tone="quiet">lifted</State>
  return isOn(item, nowMs) ? <State tone="warn">on</State> : <State tone="quiet">over</State>
}

function Covers({ item }: { item: Suppression }) {
  const titled = useQuery(queries.rules()).data?.items.find(({ id }) => id === item.rule)?.title
  const parts = [
    ['rule', titled ?? item.rule],
    ['principal', item.principal],
    ['target', item.target],
  ] as const
  return parts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => (
      <span key={name} className="covers">
        <span className="faint">{name}</span> <Recorded text={value ?? ''} limit={80} />
      </span>
    ))
}

function Lift({ item }: { item: Suppression }) {
  const client = useQueryClient()
  const lift = useMutation({
    mutationFn: () => postJson<Suppression>(apiPath(['suppressions', item.id, 'lift']), {}),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => ['alerts', 'triage', 'suppressions'].includes(String(queryKey[0])) }),
  })
  if (!useMay('respond')) return <DeniedAction label="Lift" right="respond" />
  return (
    <>
      <button type="button" className="button small" disabled={lift.isPending} onClick={() => lift.mutate()}>
        Lift
      </button>
      {lift.isError && (
        <span role="alert" className="bad-text">
          {lift.error.message}
        </span>
      )}
    </>
  )
}
