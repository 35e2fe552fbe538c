import type { ObservableHolder } from '@hoptrace/api'
import { Fragment } from 'react'
import { plural } from '../../format/quantity.ts'
import { Recorded } from '../../ui/recorded.tsx'

/** Who they are, in one line each: what a responder reads first. */
export function Holders({ holders, label, isUse }: { holders: readonly ObservableHolder[]; label: string; isUse: boolean }) {
  if (holders.length === 0) return null
  return (
    <ul className="plain-list holders" aria-label={label}>
      {holders.map((holder) => (
        <li key={`${holder.principal}${holder.rootPrincipal}${holder.target}`}>
          <strong>{holder.principal === null ? 'Somebody unknown' : <Recorded text={holder.principal} limit={60} />}</strong>{' '}
          <span className="quiet">
            {holder.target !== null && (
              <>
                at <Recorded text={holder.target} limit={60} />,{' '}
              </>
            )}
            {plural(holder.sightings, 'time')}
          </span>
          {isUse && <Outcomes holder={holder} />}
        </li>
      ))}
    </ul>
  )
}

function Outcomes({ holder: { accepted, refused } }: { holder: ObservableHolder }) {
  const parts = [
    { key: 'accepted', count: accepted, className: 'bad-text' },
    { key: 'refused', count: refused, className: 'warn-text' },
  ].filter(({ count }) => count > 0)
  return parts.map(({ key, count, className }) => (
    <Fragment key={key}>
      , <span className={className}>{`${count} ${key}`}</span>
    </Fragment>
  ))
}
