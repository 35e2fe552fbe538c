import type { AlertFinding } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatPosition } from '../../format/duration.ts'

type PlaceLinkProps = {
  at: AlertFinding['at']
  /** False for what stands in a gateway's own stream, which has no replay: there the proof is the moment. */
  hasReplay?: boolean
  children: string
}

/** To a moment of a recording, in its replay where it has one. */
export function PlaceLink({ at, hasReplay = true, children }: PlaceLinkProps) {
  const title = `seq ${at.seq} at ${formatPosition(at.ms)}`
  if (!hasReplay) {
    return (
      <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: at.sessionId, seq: String(at.seq) }} title={title}>
        {children}
      </Link>
    )
  }
  return (
    <Link to="/sessions/$sessionId" params={{ sessionId: at.sessionId }} search={{ seq: at.seq, ms: Math.floor(at.ms) }} title={title}>
      {children}
    </Link>
  )
}
