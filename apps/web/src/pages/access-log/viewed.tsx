import type { AccessLogEntry } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { shortId } from '../../format/identifier.ts'
import { Recorded } from '../../ui/recorded.tsx'
import type { AccessLogSearch } from '../../url/access-log-search.ts'

type ViewedProps = { view: AccessLogEntry; onFilter: (search: AccessLogSearch) => void }

/** What was looked at, with the way there; and the way to everybody else who looked at it. */
export function Viewed({ view: { resource, id }, onFilter }: ViewedProps) {
  return (
    <span className="viewed">
      <button type="button" className="text-button quiet" title="Only views of this kind" onClick={() => onFilter({ resource })}>
        <Recorded text={resource} limit={40} />
      </button>{' '}
      {id !== '' && (
        <>
          <Place resource={resource} id={id} />{' '}
          <button
            type="button"
            className="text-button"
            aria-label={`Only views of ${resource} ${shortId(id)}`}
            onClick={() => onFilter({ id })}
          >
            all its views
          </button>
        </>
      )}
    </span>
  )
}

function Place({ resource, id }: { resource: string; id: string }): ReactNode {
  const code = <code title={id}>{shortId(id)}</code>
  switch (resource) {
    case 'session':
    case 'verification':
      return (
        <Link to="/sessions/$sessionId" params={{ sessionId: id }}>
          {code}
        </Link>
      )
    case 'chain':
      return (
        <Link to="/chains/$chainId" params={{ chainId: id }}>
          {code}
        </Link>
      )
    case 'run':
      return (
        <Link to="/runs/$runId" params={{ runId: id }}>
          {code}
        </Link>
      )
    case 'dead-letter':
      return (
        <Link to="/dead-letters/$letterId" params={{ letterId: id }}>
          {code}
        </Link>
      )
    default:
      return <Recorded text={id} limit={60} />
  }
}
