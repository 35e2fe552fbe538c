import type { AlertDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Navigate } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { formatDuration } from '../../format/duration.ts'
import { shortId } from '../../format/identifier.ts'
import { millisOf } from '../../format/instant.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { AlertStateMark, ResponseMark, responses, SeverityMark } from '../../ui/severity.tsx'
import { PrincipalValue, RunValue } from '../../ui/values.tsx'
import { ActOutcomeNotice, AlertActions, useActOnThis } from './alert-actions.tsx'
import { Baseline } from './baseline.tsx'
import { Findings } from './findings.tsx'
import { Deliveries, History } from './history.tsx'
import { Reach } from './reach.tsx'
import { Rotate } from './rotate.tsx'
import { StillOpen } from './still-open.tsx'
import { WeakestLink } from './weakest-link.tsx'

const route = getRouteApi('/alerts/$alertId')

export function AlertPage() {
  const { alertId } = route.useParams()
  const answer = useQuery(queries.alert(alertId))
  if (answer.isSuccess) {
    // The alert was revised under another id: old addresses lead there, and the address says so.
    if (answer.data.id !== alertId) return <Navigate to="/alerts/$alertId" params={{ alertId: answer.data.id }} replace />
    return <LoadedAlert key={alertId} alert={answer.data} />
  }
  return (
    <Page title="Alert">
      {answer.isPending ? <Loading what="the alert" /> : <Failure error={answer.error} what="alert" onRetry={() => answer.refetch()} />}
    </Page>
  )
}

function LoadedAlert({ alert }: { alert: AlertDetail }) {
  const [nowMs] = useState(() => Date.now())
  const { outcome, actOnThis } = useActOnThis(alert)
  const chain = useQuery({ ...queries.chain(alert.chainId ?? ''), enabled: alert.chainId !== null }).data
  return (
    <Page
      title={`Alert ${shortId(alert.id)}`}
      heading={
        <span className="alert-heading">
          <SeverityMark value={alert.severity} /> <Recorded text={alert.sentence} limit={600} />
        </span>
      }
    >
      <div className="alert-actions">
        <AlertActions alert={alert} actOnThis={actOnThis} />
        <CopyButton text={() => window.location.href} label="Copy a link to this alert">
          Copy link
        </CopyButton>
      </div>
      <ActOutcomeNotice outcome={outcome} alert={alert} />
      <Suppressed alert={alert} />
      <StillOpen alert={alert} nowMs={nowMs} />
      <AlertFacts alert={alert} />
      <div className="alert-columns">
        <div className="alert-main">
          <Findings alert={alert} chain={chain} />
          <Rotate alert={alert} chain={chain} />
        </div>
        <div className="alert-side">
          <Reach reach={alert.reach} />
          <WeakestLink alert={alert} chain={chain} />
          <Baseline baseline={alert.baseline} />
          <History alert={alert} />
          <Deliveries alert={alert} />
        </div>
      </div>
    </Page>
  )
}

function Suppressed({ alert: { suppressed } }: { alert: AlertDetail }) {
  if (suppressed === null) return null
  return (
    <p className="notice warn-edge">
      Nobody is told of it until <Instant at={suppressed.until} />: <Recorded text={suppressed.reason} limit={400} />{' '}
      <Link to="/suppressions">Suppressions</Link>
    </p>
  )
}

function AlertFacts({ alert }: { alert: AlertDetail }) {
  const lagMs = millisOf(alert.raisedAt) - millisOf(alert.firstAt)
  return (
    <Facts>
      <Fact label="State">
        <AlertStateMark value={alert.state} />
        {alert.assignee !== null && (
          <>
            {' '}
            with <Recorded text={alert.assignee} limit={60} />
          </>
        )}
      </Fact>
      <Fact label="Response">
        <ResponseMark value={alert.response} /> <span className="faint">{responses[alert.response].means}</span>
      </Fact>
      <Fact label="Principal">
        <PrincipalValue principal={alert.principal} />
      </Fact>
      <Fact label="On behalf of">
        <PrincipalValue principal={alert.rootPrincipal} field="rootPrincipal" />
      </Fact>
      <Fact label="First finding">
        <Instant at={alert.firstAt} />
      </Fact>
      <Fact label="From event to alert">{lagMs >= 0 ? formatDuration(lagMs * 1000) : 'unknown: clocks differ'}</Fact>
      <Fact label="Agent runs">
        {alert.runs.length === 0 && <span className="faint">none</span>}
        {alert.runs.slice(0, 6).map((run) => (
          <span key={run} className="chain-link">
            <RunValue run={run} />
          </span>
        ))}
      </Fact>
      <Fact label="Hop chain">
        {alert.chainId === null ? (
          <span className="faint">in none</span>
        ) : (
          <Link to="/chains/$chainId" params={{ chainId: alert.chainId }}>
            <code>{shortId(alert.chainId)}</code> <span>on a time axis</span>
          </Link>
        )}
      </Fact>
    </Facts>
  )
}
