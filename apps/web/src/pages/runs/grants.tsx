import type { RunSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { scopeOf } from './scope.ts'

/** What a run may reach; nothing else is reachable for it. */
export function Grants({ grants }: { grants: RunSummary['grants'] }) {
  return (
    <ul className="grants" aria-label="Grants">
      {grants.map((grant) => (
        <li key={`${grant.protocol}/${grant.target}/${scopeOf(grant)}`}>
          <Protocol protocol={grant.protocol} />{' '}
          <Link to="/targets/$target" params={{ target: grant.target }}>
            <Recorded text={grant.target} limit={60} />
          </Link>
          {grant.forward === true && <span className="faint"> + forwards</span>}
          {scopeOf(grant) !== '' && (
            <span className="faint">
              {' '}
              <Recorded text={scopeOf(grant)} limit={160} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
