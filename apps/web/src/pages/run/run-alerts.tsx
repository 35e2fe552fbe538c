import type { RunDetail } from '@hoptrace/api'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { Instant } from '../../ui/instant.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { AlertLines } from '../alerts/alert-line.tsx'
import { whyQuiet } from './why-quiet.ts'

/** What was found in a run, or why nothing was. */
export function RunAlerts({ run }: { run: RunDetail }) {
  const answer = useInfiniteQuery(queries.alerts({ run: run.id, from: run.startedAt }))
  const alerts = answer.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title="Alerts" aside={<Link to="/rules">Rules</Link>}>
      {answer.isPending && <Loading what="alerts" />}
      {answer.isError && <Failure error={answer.error} what="alerts" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && alerts.length === 0 && <Quiet run={run} />}
      {alerts.length > 0 && <AlertLines alerts={alerts} label="Alerts on this run" />}
    </Section>
  )
}

function Quiet({ run }: { run: RunDetail }) {
  const analysedTo = useQuery(queries.triage()).data?.recording.analysedTo ?? null
  return (
    <p className="quiet">
      None. {whyQuiet(run)}{' '}
      {analysedTo !== null && (
        <>
          Judged up to <Instant at={analysedTo} />.
        </>
      )}
    </p>
  )
}
