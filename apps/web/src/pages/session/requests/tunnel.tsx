import type { RequestDetail } from '@hoptrace/api'
import { formatPosition } from '../../../format/duration.ts'
import { formatBytes } from '../../../format/quantity.ts'
import { State } from '../../../ui/state.tsx'

const TONES = { opened: 'accent', closed: 'quiet', refused: 'bad' } as const

/** A port-forward: what passed through it is counted, and not recorded. */
export function Tunnel({ forwards }: { forwards: RequestDetail['forwards'] }) {
  return (
    <section aria-label="Tunnel" className="tunnel">
      <h3>Tunnel</h3>
      <ul className="plain-list">
        {forwards.map(({ seq, ms, body }) => (
          <li key={seq} className="row detail-line">
            <span className="faint">{formatPosition(ms)}</span>
            <State tone={TONES[body.phase]}>{body.phase}</State>
            <span className="quiet">
              {body.ports.length === 0 ? 'ports unknown' : `port ${body.ports.join(', ')}`}
              {body.phase === 'closed' &&
                ` · ${formatBytes(body.bytesToTarget)} to the target, ${formatBytes(body.bytesToCaller)} to the caller`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
