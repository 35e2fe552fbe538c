import type { GatewayHealth } from '@hoptrace/api'
import { formatBytes } from '../../format/quantity.ts'
import { State, type Tone } from '../../ui/state.tsx'

const LEVELS: Record<NonNullable<GatewayHealth['spool']>['level'], { tone: Tone; title: string }> = {
  roomy: { tone: 'good', title: 'The platform takes what is recorded' },
  filling: { tone: 'warn', title: 'The platform does not take what is recorded as fast as it comes' },
  full: { tone: 'bad', title: 'New sessions are refused' },
}

/** How much of what a gateway recorded waits to be taken, and how much may. */
export function Spool({ spool }: { spool: GatewayHealth['spool'] }) {
  if (spool === null) return <span className="faint">not said by this gateway</span>
  const { tone, title } = LEVELS[spool.level]
  return (
    <span className="spool">
      <State tone={tone} title={title}>
        {spool.level}
      </State>
      <meter className={`spool-meter ${spool.level}`} min={0} max={spool.maxBytes} value={spool.bytes} aria-label="Of the spool in use" />
      <span className="faint nowrap">
        {formatBytes(spool.bytes)} of {formatBytes(spool.maxBytes)}
      </span>
    </span>
  )
}
