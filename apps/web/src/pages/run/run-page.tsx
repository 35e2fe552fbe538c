import type { RunDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page, Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { RunState } from '../../ui/state.tsx'
import { PrincipalValue } from '../../ui/values.tsx'
import { Grants } from '../runs/grants.tsx'
import { Revoke } from '../runs/revoke.tsx'
import { FilteredSessions } from '../sessions/filtered-sessions.tsx'
import { Lineage } from './lineage.tsx'
import { RunAlerts } from './run-alerts.tsx'

const route = getRouteApi('/runs/$runId')

export function RunPage() {
  const { runId } = route.useParams()
  const answer = useQuery(queries.run(runId))
  if (answer.isSuccess) return <LoadedRun run={answer.data} />
  return (
    <Page title="Agent run">
      {answer.isPending ? (
        <Loading what="the agent run" />
      ) : (
        <Failure error={answer.error} what="agent run" onRetry={() => answer.refetch()} />
      )}
    </Page>
  )
}

function LoadedRun({ run }: { run: RunDetail }) {
  const heading = (
    <>
      <Recorded text={run.principal} limit={120} /> <span className="faint">run {shortId(run.id)}</span>
    </>
  )
  return (
    <Page
      title={`Run ${shortId(run.id)}`}
      heading={heading}
      actions={
        <>
          <Link to="/exports" search={{ run: run.id }} className="button small">
            Export
          </Link>
          {run.state === 'live' && <Revoke run={run} />}
        </>
      }
    >
      <RunFacts run={run} />
      <div className="columns">
        <Section title="Lineage">
          <Lineage run={run} />
        </Section>
        <Section title="May reach">
          <Grants grants={run.grants} />
        </Section>
      </div>
      <RunAlerts run={run} />
      {run.commands.length > 0 && <Commands run={run} />}
      <FilteredSessions filter={{ run: [run.id] }} />
    </Page>
  )
}

function RunFacts({ run }: { run: RunDetail }) {
  return (
    <Facts>
      <Fact label="State">
        <RunState value={run.state} />
        {run.revocation !== null && (
          <span className="quiet">
            {' '}
            by <Recorded text={run.revocation.by} limit={60} />: <Recorded text={run.revocation.reason} limit={200} /> (
            <Instant at={run.revocation.at} />)
          </span>
        )}
      </Fact>
      <Fact label="Principal">
        <PrincipalValue principal={run.principal} />
      </Fact>
      <Fact label="On behalf of">
        <PrincipalValue principal={run.rootPrincipal} field="rootPrincipal" />
      </Fact>
      <Fact label="Owner">
        <Recorded text={run.owner} limit={120} />
      </Fact>
      <Fact label="Agent">
        {run.agent === null ? (
          <span className="faint">not named</span>
        ) : (
          <Recorded text={`${run.agent.template} ${run.agent.version}`} limit={120} />
        )}
      </Fact>
      <Fact label="Started">
        <Instant at={run.startedAt} />
      </Fact>
      <Fact label="Expires">
        <Instant at={run.expiresAt} />
      </Fact>
      <Fact label="Denials">
        <span className={run.denials > 0 ? 'bad-text' : undefined}>{run.denials}</span>
      </Fact>
      <Fact label="Task" isWide>
        <Recorded text={run.task} limit={400} />
      </Fact>
    </Facts>
  )
}

function Commands({ run }: { run: RunDetail }) {
  return (
    <Section title="Ready-made commands" aside={<span className="faint">the token was shown once, when the run began</span>}>
      <ul className="plain-list">
        {run.commands.map(({ target, protocol, command }) => (
          <li key={`${protocol}/${target}/${command}`} className="row command-line">
            <Protocol protocol={protocol} />
            <Recorded text={command} limit={600} />
            <CopyButton text={command} label={`Copy the command for ${target}`} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
