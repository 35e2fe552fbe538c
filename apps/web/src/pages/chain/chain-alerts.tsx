import type { ChainDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Recorded } from '../../ui/recorded.tsx'
import { AlertStateMark, ResponseMark, SeverityMark } from '../../ui/severity.tsx'
import { bySeverity } from './worst-alert.ts'

/** Alerts on a chain or a hop, each as its sentence. */
export function ChainAlerts({ alerts, label }: { alerts: ChainDetail['alerts']; label: string }) {
  if (alerts.length === 0) return null
  return (
    <ul className="chain-alerts" aria-label={label}>
      {bySeverity(alerts).map((alert) => (
        <li key={alert.id}>
          <SeverityMark value={alert.severity} />
          <Link to="/alerts/$alertId" params={{ alertId: alert.id }}>
            <Recorded text={alert.sentence} limit={300} />
          </Link>
          <ResponseMark value={alert.response} />
          <AlertStateMark value={alert.state} />
        </li>
      ))}
    </ul>
  )
}
