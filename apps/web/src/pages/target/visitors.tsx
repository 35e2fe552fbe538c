import type { TargetVisitor } from '@hoptrace/api'
import { formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { PrincipalValue } from '../../ui/values.tsx'

/** Who touched it, and as which of its accounts. */
export function Visitors({ visitors }: { visitors: readonly TargetVisitor[] }) {
  return (
    <Section title="Who touched it">
      {visitors.length === 0 && <Empty title="Nobody, in this time" />}
      {visitors.length > 0 && (
        <div className="table-scroll">
          <table className="table stacked visitors-table" aria-label="Who touched it">
            <thead>
              <tr>
                <th scope="col">Principal</th>
                <th scope="col">On behalf of</th>
                <th scope="col">By account</th>
                <th scope="col" className="number">
                  Sessions
                </th>
                <th scope="col" className="number">
                  Failures
                </th>
                <th scope="col">Now</th>
                <th scope="col">First</th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {visitors.map((visitor) => (
                <VisitorRow
                  key={`${visitor.principal}/${visitor.rootPrincipal}/${visitor.protocol}/${visitor.account}`}
                  visitor={visitor}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function VisitorRow({ visitor }: { visitor: TargetVisitor }) {
  return (
    <tr>
      <td className="at-principal">
        <PrincipalValue principal={visitor.principal} />
      </td>
      <td className="at-root">
        <PrincipalValue principal={visitor.rootPrincipal} field="rootPrincipal" />
      </td>
      <td className="at-who nowrap">
        <Protocol protocol={visitor.protocol} /> <Recorded text={visitor.account} limit={80} />
      </td>
      <td className="number at-sessions">{formatCount(visitor.sessions)}</td>
      <td className={`number at-count ${visitor.failures > 0 ? 'warn-text' : 'faint'}`}>{formatCount(visitor.failures)}</td>
      <td className="at-state">
        {visitor.open > 0 ? <State tone="accent">{formatCount(visitor.open)} open</State> : <span className="faint">nothing open</span>}
      </td>
      <td className="at-start">
        <Instant at={visitor.firstAt} />
      </td>
      <td className="at-when">
        <Instant at={visitor.lastAt} />
      </td>
    </tr>
  )
}
