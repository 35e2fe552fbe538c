import type { AlertDetail, ChainDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { shortHash } from '../../format/identifier.ts'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { PlaceLink } from './place-link.tsx'

/** Secrets that somebody saw who should not have: to change elsewhere, by whom. */
export function Rotate({ alert, chain }: { alert: AlertDetail; chain: ChainDetail | undefined }) {
  if (alert.rotate.length === 0) return null
  const isReplayed = (sessionId: string) => chain?.nodes.find(({ at }) => at.sessionId === sessionId)?.isRefused !== true
  return (
    <Section title="Credentials to rotate">
      <div className="table-scroll">
        <table className="table stacked rotate-table" aria-label="Credentials to rotate">
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col">Opens</th>
              <th scope="col">Owner</th>
              <th scope="col">Used?</th>
              <th scope="col">Moments</th>
            </tr>
          </thead>
          <tbody>
            {alert.rotate.map((secret) => (
              <tr key={`${secret.kind}${secret.digest}${secret.target}${secret.account}`}>
                <td className="at-what nowrap">
                  <Link
                    to="/observables/$kind/$digest"
                    params={{ kind: secret.kind, digest: secret.digest }}
                    title="Who saw it, who used it"
                  >
                    {secret.kind} <code>{shortHash(secret.digest)}</code>
                  </Link>
                </td>
                <td className="at-target">
                  {secret.account !== null && (
                    <>
                      <Recorded text={secret.account} limit={60} />
                      <span className="faint">@</span>
                    </>
                  )}
                  <Recorded text={secret.target} limit={80} />
                </td>
                <td className="at-who">
                  {secret.owner === null ? <span className="faint">nobody is named</span> : <Recorded text={secret.owner} limit={80} />}
                </td>
                <td className="at-state">
                  <Used isUsed={secret.usedAt !== null} wasAccepted={secret.wasAccepted} />
                </td>
                <td className="at-proof nowrap">
                  <PlaceLink at={secret.seenAt} hasReplay={isReplayed(secret.seenAt.sessionId)}>
                    seen
                  </PlaceLink>
                  {secret.usedAt !== null && (
                    <>
                      {' · '}
                      <PlaceLink at={secret.usedAt} hasReplay={isReplayed(secret.usedAt.sessionId)}>
                        used
                      </PlaceLink>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Used({ isUsed, wasAccepted }: { isUsed: boolean; wasAccepted: boolean }) {
  if (!isUsed) return <State tone="quiet">seen, not used</State>
  return wasAccepted ? <State tone="bad">used, accepted</State> : <State tone="warn">tried, refused</State>
}
