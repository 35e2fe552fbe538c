import type { Denial } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Instant } from '../../ui/instant.tsx'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { denyReasons } from './deny-reasons.ts'

/** Attempts that were refused, newest first. */
export function Denials({ denials }: { denials: readonly Denial[] }) {
  return (
    <Section title="Recent denials" className="triage-denials">
      {denials.length === 0 && <Empty title="Nothing was refused" />}
      {denials.length > 0 && <DenialTable denials={denials} label="Recent denials" />}
    </Section>
  )
}

export function DenialTable({ denials, label }: { denials: readonly Denial[]; label: string }) {
  return (
    <div className="table-scroll">
      <table className="table stacked denials-table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Why</th>
            <th scope="col">Asked for</th>
            <th scope="col">Principal</th>
            <th scope="col">From</th>
            <th scope="col">Proof</th>
          </tr>
        </thead>
        <tbody>
          {denials.map((denial) => (
            <DenialRow key={`${denial.at.sessionId}/${denial.at.seq}`} denial={denial} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function DenialRow({ denial }: { denial: Denial }) {
  return (
    <tr>
      <td className="at-when">
        <Instant at={denial.deniedAt} />
      </td>
      <td className="at-why">
        <State tone="bad">{denial.reason === null ? 'no reason recorded' : denyReasons[denial.reason]}</State>
      </td>
      <td className="at-asked">
        <Protocol protocol={denial.protocol} />{' '}
        <Recorded text={`${denial.account === null ? '' : `${denial.account}@`}${denial.target}`} limit={80} />
        {denial.database !== null && (
          <span className="faint">
            {' '}
            / <Recorded text={denial.database} limit={60} />
          </span>
        )}
        {denial.action !== undefined && (
          <span className="faint">
            {' '}
            <Recorded text={denial.action} limit={120} />
          </span>
        )}
      </td>
      <td className="at-principal">
        {denial.principal === null ? <span className="faint">unknown</span> : <Recorded text={denial.principal} limit={60} />}
      </td>
      <td className="at-from">
        <code>{denial.originAddress ?? 'unknown'}</code>
      </td>
      <td className="at-proof">
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: denial.at.sessionId, seq: String(denial.at.seq) }}>
          proof
        </Link>
      </td>
    </tr>
  )
}
