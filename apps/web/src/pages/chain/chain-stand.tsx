import type { AccessNode, ChainDetail, SessionCommand } from '@hoptrace/api'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import * as queries from '../../api/queries.ts'
import { formatPosition } from '../../format/duration.ts'
import { millisOf } from '../../format/instant.ts'
import { useMay } from '../../identity/identity.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { denyReasons } from '../triage/deny-reasons.ts'
import { commandAt, momentOf } from './chain-moment.ts'

/** Commands of more sessions than these are not read at once; their links lead to the moment all the same. */
const MAX_READ = 24

/** What every access of the chain was doing at one moment. */
export function ChainStand({ chain, atMs }: { chain: ChainDetail; atMs: number }) {
  const nodes = useMemo(() => chain.nodes.toSorted((a, b) => millisOf(a.startedAt) - millisOf(b.startedAt)), [chain])
  const sessions = useMemo(
    () =>
      [...new Set(nodes.filter((node) => !node.isRefused && node.kind !== 'unseen').map((node) => node.at.sessionId))].slice(0, MAX_READ),
    [nodes],
  )
  const maySeeContent = useMay('content')
  const commands = useQueries({
    queries: sessions.map((id) => ({ ...queries.commands(id, { requests: '1' }), staleTime: 60_000, enabled: maySeeContent })),
  })
  const of = (node: AccessNode) => commands[sessions.indexOf(node.at.sessionId)]?.data?.items ?? []
  return (
    <ul className="chain-stand" aria-label="At this moment">
      {nodes.map((node) => (
        <Stand key={node.id} node={node} commands={of(node)} atMs={atMs} />
      ))}
    </ul>
  )
}

function Stand({ node, commands, atMs }: { node: AccessNode; commands: readonly SessionCommand[]; atMs: number }) {
  const moment = momentOf(node, atMs)
  const command = moment.state === 'ahead' ? null : commandAt(commands, moment.ms)
  return (
    <li className={moment.state}>
      <Protocol protocol={node.protocol} />
      <Recorded text={node.target} limit={60} />
      <span className="stand-at">
        {moment.state === 'ahead' && <span className="faint">not yet</span>}
        {moment.state !== 'ahead' && node.isRefused && (
          <span className="bad-text">✕ refused{node.denyReason === null ? '' : `: ${denyReasons[node.denyReason]}`}</span>
        )}
        {moment.state !== 'ahead' && node.kind === 'unseen' && <span className="warn-text">? not seen at the gateway</span>}
        {moment.state !== 'ahead' && !node.isRefused && node.kind !== 'unseen' && (
          <Link to="/sessions/$sessionId" params={{ sessionId: node.at.sessionId }} search={{ ms: moment.ms, seq: command?.seq }}>
            {moment.state === 'past' ? 'ended' : 'at'} {formatPosition(moment.ms)}
          </Link>
        )}
      </span>
      <span className="stand-what">{command !== null && <Recorded text={command.text} limit={200} />}</span>
    </li>
  )
}
