import type { AlertSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
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
        <AlertMeta alert={alert}>
          <AlertStateMark value={alert.state} />
        </AlertMeta>
      </div>
      <ResponseMark value={alert.response} />
    </article>
  )
}

function AlertMeta({ alert, children }: { alert: AlertSummary; children?: ReactNode }) {
  return (
    <p className="alert-meta">
      {children}
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

/** What a backtest would have raised: there is no such alert to open, only the chain that it would be about. */
export function AlertSamples({ alerts, label }: { alerts: readonly AlertSummary[]; label: string }) {
  return (
    <ol className="alert-list" aria-label={label}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <article className="alert-line">
            <SeverityMark value={alert.severity} />
            <div className="alert-said">
              {alert.chainId === null ? (
                <span className="alert-sentence">
                  <Recorded text={alert.sentence} limit={400} />
                </span>
              ) : (
                <Link to="/chains/$chainId" params={{ chainId: alert.chainId }} className="alert-sentence">
                  <Recorded text={alert.sentence} limit={400} />
                </Link>
              )}
              <AlertMeta alert={alert} />
            </div>
            <ResponseMark value={alert.response} />
          </article>
        </li>
      ))}
    </ol>
  )
}
