import type { AlertDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatBytes, formatCount } from '../../format/quantity.ts'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Readout } from '../../ui/readout.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'

/** How far it went: what was reached, as whom, and how much was taken or changed. */
export function Reach({ reach }: { reach: AlertDetail['reach'] }) {
  return (
    <Section title="What was reached">
      <dl className="readouts from-start">
        <Readout label="Writes" isBad={reach.writes > 0}>
          {formatCount(reach.writes)}
        </Readout>
        <Readout label="Rows answered">{formatCount(reach.rows)}</Readout>
        <Readout label="Bytes answered">{formatBytes(reach.bytes)}</Readout>
      </dl>
      <ul className="lines" aria-label="Targets reached">
        {reach.targets.map(({ target, protocol, account, isRefused }) => (
          <li key={`${protocol}${account}${target}${isRefused}`} className="line">
            <Protocol protocol={protocol} />
            <span className="grow">
              {account !== null && (
                <>
                  <Recorded text={account} limit={60} />
                  <span className="faint">@</span>
                </>
              )}
              <Link to="/targets/$target" params={{ target }}>
                <Recorded text={target} limit={80} />
              </Link>
            </span>
            {isRefused ? <State tone="bad">refused</State> : <State tone="warn">reached</State>}
          </li>
        ))}
      </ul>
    </Section>
  )
}
