import type { Sighting } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Instant } from '../../ui/instant.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { PlaceLink } from '../alert/place-link.tsx'
import { roleWords } from './two-lists.ts'

/** Where a value stood, in time, each with the moment. */
export function SightingList({ sightings, label }: { sightings: readonly Sighting[]; label: string }) {
  if (sightings.length === 0) return <p className="quiet">Nobody, in what was recorded.</p>
  return (
    <ol className="sightings" aria-label={label}>
      {sightings.map((sighting) => (
        <li key={`${sighting.at.sessionId}/${sighting.at.seq}/${sighting.role}/${sighting.field}`} className="sighting">
          <SightingLine sighting={sighting} />
        </li>
      ))}
    </ol>
  )
}

function SightingLine({ sighting }: { sighting: Sighting }) {
  const { at, principal, rootPrincipal, target, account, protocol } = sighting
  return (
    <>
      <Instant at={sighting.seenAt} />
      <span className="sighting-who">
        <Who principal={principal} />
        {rootPrincipal !== null && rootPrincipal !== principal && (
          <span className="quiet">
            {' '}
            for <Recorded text={rootPrincipal} limit={60} />
          </span>
        )}
      </span>
      <span className="sighting-where">
        {target === null ? (
          <span className="faint">at the gateway</span>
        ) : (
          <>
            <Protocol protocol={protocol} />{' '}
            <Link to="/targets/$target" params={{ target }}>
              <Recorded text={account === null ? target : `${account}@${target}`} limit={80} />
            </Link>
          </>
        )}
      </span>
      <span className="sighting-how">
        {roleWords[sighting.role]}{' '}
        <code className="faint">
          {sighting.type}
          {sighting.field}
        </code>{' '}
        {sighting.isAccepted === true && <State tone="bad">accepted</State>}
        {sighting.isAccepted === false && <State tone="warn">refused</State>}
      </span>
      <span className="sighting-ways">
        <PlaceLink at={at} hasReplay={target !== null}>
          {target === null ? 'proof' : 'the moment'}
        </PlaceLink>
      </span>
    </>
  )
}

function Who({ principal }: { principal: string | null }) {
  if (principal === null) return <span className="faint">unknown</span>
  return (
    <Link to="/principals/$principal" params={{ principal }}>
      <strong>
        <Recorded text={principal} limit={60} />
      </strong>
    </Link>
  )
}
