import type { AlertSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Instant } from '../../ui/instant.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { AlertStateMark, ResponseMark, SeverityMark } from '../../ui/severity.tsx'
import { State } from '../../ui/state.tsx'

/** An alert as one sentence, and what decides whether to read on. */
export function AlertLine({ alert }: { alert: AlertSummary }) {
  return (
    <article className={`alert-line ${alert.state}`}>
      <SeverityMark value={alert.severity} />
      <div className="alert-said">
        <Link to="/alerts/$alertId" params={{ alertId: alert.id }} className="alert-sentence">
          <Recorded text={alert.sentence} limit={400} />
        </Link>
        <AlertMeta alert={alert} />
      </div>
      <ResponseMark value={alert.response} />
    </article>
  )
}

function AlertMeta({ alert }: { alert: AlertSummary }) {
  return (
    <p className="alert-meta">
      <AlertStateMark value={alert.state} />
      <span className="protocols">
        {alert.protocols.map((protocol) => (
          <Protocol key={protocol} protocol={protocol} />
        ))}
      </span>
      <Instant at={alert.lastAt} />
      <span className="faint">{alert.rules.map(({ title }) => title).join('; ')}</span>
      {alert.assignee !== null && (
        <span>
          with <Recorded text={alert.assignee} limit={60} />
        </span>
      )}
      {alert.suppressed !== null && (
        <State tone="quiet" title={alert.suppressed.reason}>
          suppressed
        </State>
      )}
    </p>
  )
}

/** Alerts below each other, without keys. */
export function AlertLines({ alerts, label }: { alerts: readonly AlertSummary[]; label: string }) {
  return (
    <ol className="alert-list" aria-label={label}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <AlertLine alert={alert} />
        </li>
      ))}
    </ol>
  )
}
