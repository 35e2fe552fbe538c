import type { Triage } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { Begin } from '../../ui/begin.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ChainSentence } from '../chains/chain-sentence.tsx'
import { Denials } from './denials.tsx'
import { LiveRuns } from './live-runs.tsx'
import { OpenSessions } from './open-sessions.tsx'
import { RankedAlerts } from './ranked-alerts.tsx'
import { RecordingStatus } from './recording-status.tsx'

/** What needs a person now. */
export function TriagePage() {
  const answer = useQuery(queries.triage())
  return (
    <Page title="Triage">
      {answer.isPending && <Loading what="what needs a person now" />}
      {answer.isError && <Failure error={answer.error} what="triage" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && (
        <>
          <RecordingStatus recording={answer.data.recording} now={answer.data.now} />
          {isEmpty(answer.data) ? (
            <Begin />
          ) : (
            <div className="triage">
              <RankedAlerts queue={answer.data.alerts} recording={answer.data.recording} />
              <div className="triage-side">
                <LiveRuns runs={answer.data.liveRuns} now={answer.data.now} />
                <OpenSessions sessions={answer.data.openSessions} />
              </div>
              <Denials denials={answer.data.denials} />
              <Section title="Newest hop chains" aside={<Link to="/chains">All chains</Link>} className="triage-chains">
                {answer.data.chains.length === 0 && <Empty title="No hop was found so far" />}
                {answer.data.chains.map((chain) => (
                  <ChainSentence key={chain.id} chain={chain} />
                ))}
              </Section>
            </div>
          )}
        </>
      )}
    </Page>
  )
}

/** Nothing came from a gateway, and nothing that was brought in otherwise led to anything. */
function isEmpty({ recording, alerts, chains }: Triage): boolean {
  return recording.ingestedTo === null && alerts.openTotal === 0 && chains.length === 0
}
