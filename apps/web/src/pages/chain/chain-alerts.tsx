import type { ChainDetail, Hop } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Recorded } from '../../ui/recorded.tsx'
import { AlertStateMark, ResponseMark, SeverityMark } from '../../ui/severity.tsx'

const ORDER = ['critical', 'high', 'medium', 'low', 'informational'] as const

/** The most severe of the alerts that rest on a hop; null when none does. */
export function worstAlert(alerts: Hop['alerts']): Hop['alerts'][number] | null {
  return alerts.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))[0] ?? null
}

/** Alerts on a chain or a hop, each as its sentence. */
export function ChainAlerts({ alerts, label }: { alerts: ChainDetail['alerts']; label: string }) {
  if (alerts.length === 0) return null
  return (
    <ul className="chain-alerts" aria-label={label}>
      {alerts.map((alert) => (
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
