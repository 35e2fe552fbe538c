import type { AccessNode } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { plainRecorded } from '../../format/recorded.ts'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { denyReasons } from '../triage/deny-reasons.ts'

/** What was reached, or asked for, or only named: it leads to the moment. What was refused or not seen says so in words. */
export function AccessName({ node }: { node: AccessNode }) {
  const text = `${node.account === null ? '' : `${node.account}@`}${node.target}`
  const name = (
    <>
      <Protocol protocol={node.protocol} />
      <span className="target">
        {node.account !== null && (
          <>
            <span className="value">
              <Recorded text={node.account} limit={60} />
            </span>
            <span className="faint">@</span>
          </>
        )}
        <span className="value">
          <Recorded text={node.target} limit={60} />
        </span>
      </span>
    </>
  )
  if (node.isRefused) {
    return (
      <Link
        to="/sessions/$sessionId/events/$seq"
        params={{ sessionId: node.at.sessionId, seq: String(node.at.seq) }}
        title={plainRecorded(text)}
      >
        {name}{' '}
        <span className="bad-text nowrap">
          ✕<span className="visually-hidden"> refused</span>
          {node.denyReason !== null && <span className="reason"> {denyReasons[node.denyReason]}</span>}
        </span>
      </Link>
    )
  }
  if (node.kind === 'unseen') {
    const namedAt = node.unseen?.namedAt ?? node.at
    const place = { seq: namedAt.seq, ms: Math.floor(namedAt.ms) }
    return (
      <Link to="/sessions/$sessionId" params={{ sessionId: namedAt.sessionId }} search={place} title={plainRecorded(text)}>
        {name}{' '}
        <span className="warn-text nowrap">
          ?<span className="visually-hidden"> not seen at the gateway</span>
          <span className="reason" aria-hidden="true">
            {' '}
            not seen
          </span>
        </span>
      </Link>
    )
  }
  const place = node.kind === 'use' ? { seq: node.at.seq, ms: Math.floor(node.at.ms) } : {}
  return (
    <Link to="/sessions/$sessionId" params={{ sessionId: node.at.sessionId }} search={place} title={plainRecorded(text)}>
      {name} {node.kind === 'use' && <span className="faint nowrap">used inside</span>}
    </Link>
  )
}
