import type { Health } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import * as queries from '../../api/queries.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { Conflicts } from './conflicts.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { Gateways } from './gateways.tsx'
import { HealthStatus } from './health-status.tsx'
import { remediesOf } from './remedies.ts'
import { Remedies } from './remedy-list.tsx'
import { Verification } from './verification.tsx'

/** Is the recording whole, how far has it come, what could not be understood; and what to do about each. */
export function HealthPage() {
  const answer = useQuery(queries.health())
  return (
    <Page title="Health">
      {answer.isPending && <Loading what="the state of the recording" />}
      {answer.isError && <Failure error={answer.error} what="the state of the recording" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && <KnownHealth health={answer.data} />}
    </Page>
  )
}

function KnownHealth({ health }: { health: Health }) {
  return (
    <>
      <HealthStatus health={health} />
      <Remedies remedies={remediesOf(health)} />
      {health.recording !== null && (
        <>
          <Conflicts conflicts={health.recording.conflicts} />
          <Gateways gateways={health.recording.gateways} />
          <Verification />
          <DeadLetters />
        </>
      )}
    </>
  )
}
