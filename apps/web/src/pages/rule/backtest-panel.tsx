import type { AlertResponse, Backtest } from '@hoptrace/api'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import { formatCount, plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Failure } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Readout } from '../../ui/readout.tsx'
import { State } from '../../ui/state.tsx'
import { AlertSamples } from '../alerts/alert-line.tsx'
import type { Looked } from './draft.ts'

const SPANS = [1, 7, 30] as const

type BacktestPanelProps = {
  text: string
  /** What it would be switched to: what is to page is looked at as paging. */
  response: AlertResponse
  /** False while the text has faults. */
  canRun: boolean
  looked: Looked | null
  onLooked: (looked: Looked) => void
}

/** What the text would have raised over what was recorded, with the baselines as they were then. */
export function BacktestPanel({ text, response, canRun, looked, onLooked }: BacktestPanelProps) {
  const [days, setDays] = useState<number>(7)
  const run = useMutation({
    mutationFn: async (tried: string) => {
      const nowMs = Date.now()
      const range = { from: new Date(nowMs - days * 86_400_000).toISOString(), to: new Date(nowMs).toISOString() }
      return { backtest: await postJson<Backtest>(apiPath(['rules', 'backtest']), { text: tried, ...range, response }), text: tried, days }
    },
    onSuccess: onLooked,
  })
  const controls = (
    <span className="row">
      <select className="input" aria-label="Time to look at" value={days} onChange={(event) => setDays(Number(event.target.value))}>
        {SPANS.map((span) => (
          <option key={span} value={span}>
            Last {plural(span, 'day')}
          </option>
        ))}
      </select>
      <button type="button" className="button" disabled={!canRun || run.isPending} onClick={() => run.mutate(text)}>
        {run.isPending ? 'Looking…' : 'Run the backtest'}
      </button>
    </span>
  )
  return (
    <Section title="Backtest" aside={controls}>
      {run.isError && <Failure error={run.error} what="the backtest" />}
      {looked === null && !run.isPending && !run.isError && (
        <p className="quiet">What would it have raised, how often, and on what? Nothing of a backtest is stored, and nobody is told.</p>
      )}
      {looked !== null && looked.text !== text && (
        <p className="notice warn-edge" role="status">
          The text was changed since: this is what it would have raised before.
        </p>
      )}
      {looked !== null && <Outcome backtest={looked.backtest} />}
    </Section>
  )
}

function Outcome({ backtest }: { backtest: Backtest }) {
  const { looked, range } = backtest
  return (
    <div className="backtest" role="status" aria-label="Backtest">
      <p>
        <strong>
          {plural(backtest.alerts, 'alert')}, {plural(backtest.pages, 'page')}
        </strong>{' '}
        between <Instant at={range.from} /> and <Instant at={range.to} />.{' '}
        {backtest.isTruncated && <State tone="warn">more was recorded than was looked at</State>}
      </p>
      {backtest.faults.length > 0 && <p className="bad-text">{backtest.faults.map(({ message }) => message).join('; ')}</p>}
      <dl className="readouts from-start">
        <Readout label="Chains looked at">{formatCount(looked.chains)}</Readout>
        <Readout label="Hops">{formatCount(looked.hops)}</Readout>
        <Readout label="Events">{formatCount(looked.events)}</Readout>
      </dl>
      {backtest.perDay.length > 0 && <PerDay backtest={backtest} />}
      {backtest.samples.length > 0 && <AlertSamples alerts={backtest.samples} label="What it would have raised" />}
    </div>
  )
}

function PerDay({ backtest }: { backtest: Backtest }) {
  return (
    <div className="table-scroll">
      <table className="table compact per-day" aria-label="Alerts by day">
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            {backtest.perDay.map(({ day }) => (
              <th key={day} scope="col" className="number">
                {day.slice(5)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['alerts', 'pages'] as const).map((counted) => (
            <tr key={counted}>
              <th scope="row">{counted}</th>
              {backtest.perDay.map((each) => (
                <td key={each.day} className={`number ${each[counted] === 0 ? 'faint' : ''}`}>
                  {formatCount(each[counted])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
