import type { ReachedTarget } from '@hoptrace/api'
import { formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { TargetValue } from '../../ui/values.tsx'

const MAX_VERBS = 8

/** Where it went, as whom, and what it did there. */
export function Reached({ reached }: { reached: readonly ReachedTarget[] }) {
  return (
    <Section title="Reached">
      {reached.length === 0 && <Empty title="It reached nothing in this time" />}
      {reached.length > 0 && (
        <div className="table-scroll">
          <table className="table stacked reached-table" aria-label="Reached">
            <thead>
              <tr>
                <th scope="col">Target</th>
                <th scope="col">As</th>
                <th scope="col">Did</th>
                <th scope="col" className="number">
                  Sessions
                </th>
                <th scope="col" className="number">
                  Failures
                </th>
                <th scope="col">Refused</th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {reached.map((each) => (
                <ReachedRow key={`${each.protocol}/${each.target}`} reached={each} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function ReachedRow({ reached }: { reached: ReachedTarget }) {
  return (
    <tr>
      <td className="at-target nowrap">
        <Protocol protocol={reached.protocol} /> <TargetValue target={reached.target} account={null} />
      </td>
      <td className="at-who">
        {reached.accounts.length === 0 ? (
          <span className="faint">nobody</span>
        ) : (
          <Recorded text={reached.accounts.join(', ')} limit={120} />
        )}
      </td>
      <td className="at-what">
        <Verbs verbs={reached.verbs} />
      </td>
      <td className="number at-sessions">{formatCount(reached.sessions)}</td>
      <td className={`number at-count ${reached.failures > 0 ? 'warn-text' : 'faint'}`}>{formatCount(reached.failures)}</td>
      <td className="at-state">
        {reached.refused === 0 ? (
          <span className="faint">never refused</span>
        ) : (
          <State tone="bad">{formatCount(reached.refused)} refused</State>
        )}
      </td>
      <td className="at-when">
        <Instant at={reached.lastAt} />
      </td>
    </tr>
  )
}

function Verbs({ verbs }: { verbs: ReachedTarget['verbs'] }) {
  if (verbs.length === 0) return <span className="faint">nothing</span>
  return (
    <span className="verbs">
      {verbs.slice(0, MAX_VERBS).map(({ verb, count }) => (
        <span key={verb} className="nowrap">
          <Recorded text={verb} limit={40} /> <span className="faint">{formatCount(count)}</span>
        </span>
      ))}
      {verbs.length > MAX_VERBS && <span className="faint">and {verbs.length - MAX_VERBS} more</span>}
    </span>
  )
}
