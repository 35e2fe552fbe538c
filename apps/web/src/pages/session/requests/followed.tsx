import type { RequestDetail } from '@hoptrace/api'
import { plural } from '../../../format/quantity.ts'
import { Recorded } from '../../../ui/recorded.tsx'

const MAX_SHOWN = 40
type Found = RequestDetail['asked']['observables'][number]
const ROLES: Record<Found['role'], string> = {
  asked: 'asked',
  answered: 'answered',
  presented: 'presented',
  target: 'target',
  named: 'named as the way',
}

/** Values in this exchange that are followed across sessions: by name where they are no secret, else by digest. */
export function Followed({ detail }: { detail: RequestDetail }) {
  const found = foundIn(detail)
  if (found.length === 0) return null
  return (
    <details className="followed">
      <summary>{plural(found.length, 'value')} followed across sessions</summary>
      <ul className="followed-list" aria-label="Followed values">
        {found.slice(0, MAX_SHOWN).map(({ kind, digest, role, value }) => (
          <li key={`${kind}${digest}${role}`}>
            <span className="faint">
              {kind}, {ROLES[role]}
            </span>{' '}
            {value === undefined ? <code className="faint">{digest.slice(0, 12)}</code> : <Recorded text={value} limit={100} />}
          </li>
        ))}
      </ul>
      {found.length > MAX_SHOWN && <p className="faint">and {found.length - MAX_SHOWN} more</p>}
    </details>
  )
}

/** What was presented first: it is what links. */
function foundIn({ asked, answered, tools, messages, exec }: RequestDetail): Found[] {
  const told = [asked, ...(answered ? [answered] : []), ...tools, ...messages, ...(exec ? [exec] : [])]
  const all = new Map(told.flatMap(({ observables }) => observables).map((found) => [`${found.kind}${found.digest}${found.role}`, found]))
  return [...all.values()].sort((one, other) => Number(other.role === 'presented') - Number(one.role === 'presented'))
}
