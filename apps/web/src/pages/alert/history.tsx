import type { AlertDetail } from '@hoptrace/api'
import { formatDuration } from '../../format/duration.ts'
import { millisOf } from '../../format/instant.ts'
import { Instant } from '../../ui/instant.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { doneIn } from './done-in.ts'

/** The alert's life so far, oldest first. */
export function History({ alert }: { alert: AlertDetail }) {
  const lagMs = millisOf(alert.raisedAt) - millisOf(alert.lastAt)
  return (
    <Section title="History">
      <ol className="history" aria-label="History">
        <li>
          <Instant at={alert.firstAt} /> <span>the first thing that it tells of happened</span>
        </li>
        <li>
          <Instant at={alert.raisedAt} />{' '}
          <span>raised{lagMs >= 0 && <>, {formatDuration(lagMs * 1000)} after the last event that it rested on</>}</span>
        </li>
        {alert.history.map((action) => (
          <li key={action.revision}>
            <Instant at={action.at} />{' '}
            <span>
              <Recorded text={action.by} limit={60} /> {doneIn(action)}
              {action.note !== '' && (
                <>
                  : <Recorded text={action.note} limit={400} />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

const OUTCOMES = { delivered: 'good', failed: 'bad', waiting: 'accent' } as const

/** Whom it was sent to, and whether it arrived. */
export function Deliveries({ alert }: { alert: AlertDetail }) {
  return (
    <Section title="Deliveries">
      {alert.deliveries.length === 0 ? (
        <p className="quiet">
          {alert.response === 'page' ? 'No destination is configured, so nobody was told.' : 'It pages nobody, so it was sent nowhere.'}
        </p>
      ) : (
        <ul className="lines" aria-label="Deliveries">
          {alert.deliveries.map((delivery) => (
            <li key={`${delivery.to}${delivery.at}`} className="line">
              <State tone={OUTCOMES[delivery.outcome]}>{delivery.outcome}</State>
              <span className="grow">
                <Recorded text={delivery.to} limit={80} />
                {delivery.attempts > 1 && <span className="faint"> in {delivery.attempts} attempts</span>}
              </span>
              <Instant at={delivery.at} form="clock" />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
