import type { GatewayHealth } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatDuration } from '../../format/duration.ts'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Empty } from '../../ui/outcomes.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { Spool } from './spool.tsx'

/** Who records, when it was last heard, and how much of what it recorded still waits. */
export function Gateways({ gateways }: { gateways: readonly GatewayHealth[] }) {
  return (
    <Section title="Gateways" aside={<span className="faint">{plural(gateways.length, 'gateway')}</span>}>
      {gateways.length === 0 && (
        <Empty title="None was ever heard">
          <p>A gateway is known from its first heartbeat, which comes to the store the way that events do.</p>
        </Empty>
      )}
      {gateways.length > 0 && (
        <div className="table-scroll">
          <table className="table stacked gateways-table" aria-label="Gateways">
            <thead>
              <tr>
                <th scope="col">Gateway</th>
                <th scope="col">State</th>
                <th scope="col">Last heartbeat</th>
                <th scope="col" className="number">
                  Open sessions
                </th>
                <th scope="col">Spool</th>
              </tr>
            </thead>
            <tbody>
              {gateways.map((gateway) => (
                <GatewayRow key={gateway.bootId} gateway={gateway} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function GatewayRow({ gateway }: { gateway: GatewayHealth }) {
  const { gatewayId, isSilent, silentSince, lastHeartbeatAt, ageMs, openSessions, spool } = gateway
  return (
    <tr className={isSilent ? 'silent' : undefined}>
      <td className="at-who">
        <Link to="/sessions" search={{ gateway: [gatewayId] }}>
          <Recorded text={gatewayId} limit={80} />
        </Link>
      </td>
      <td className="at-state">
        {isSilent ? <State tone="bad">silent</State> : <State tone="good">heard</State>}
        {isSilent && silentSince !== null && (
          <span className="bad-text">
            {' '}
            since <Instant at={silentSince} />
          </span>
        )}
      </td>
      <td className="at-when">
        <Instant at={lastHeartbeatAt} /> <span className="faint">{formatDuration(ageMs * 1000)} ago</span>
      </td>
      <td className="number at-commands">{openSessions}</td>
      <td className="at-span">
        <Spool spool={spool} />
      </td>
    </tr>
  )
}
