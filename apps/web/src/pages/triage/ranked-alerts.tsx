import type { Triage } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { plural } from '../../format/quantity.ts'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { AlertLines } from '../alerts/alert-line.tsx'

type RankedAlertsProps = { queue: Triage['alerts']; recording: Triage['recording'] }

/** What needs a person now, most urgent first, within what one reader can look at in a day. What is more is said, never hidden. */
export function RankedAlerts({ queue, recording }: RankedAlertsProps) {
  const { ranked, heldBack, budget } = queue
  return (
    <Section title="Alerts" aside={<Link to="/alerts">All alerts</Link>} className="triage-alerts">
      {ranked.length === 0 && <Quiet recording={recording} heldBack={heldBack.length} />}
      {ranked.length > 0 && <AlertLines alerts={ranked} label="Alerts, most urgent first" />}
      {heldBack.length > 0 && (
        <details className="held-back">
          <summary>
            {plural(heldBack.length, 'alert')} held back <span className="faint">by the budget of {budget} a day</span>
          </summary>
          <AlertLines alerts={heldBack} label="Held back" />
        </details>
      )}
    </Section>
  )
}

/** Quiet, and whether that may be believed. */
function Quiet({ recording, heldBack }: { recording: Triage['recording']; heldBack: number }) {
  if (recording.state === 'blind') {
    return (
      <Empty title="No alert is open, and that says little">
        <p>A gateway is silent or refuses: what happens there now may be recorded nowhere, so nothing can be judged.</p>
      </Empty>
    )
  }
  return (
    <Empty title="Quiet: no alert is open">
      <p>
        {recording.analysedTo === null
          ? 'Nothing that was recorded has been judged yet.'
          : 'What was recorded has been judged up to the time above, and nothing that a rule watches for waits for a person.'}{' '}
        {heldBack === 0 && <Link to="/rules">Which rules are on?</Link>}
      </p>
    </Empty>
  )
}
