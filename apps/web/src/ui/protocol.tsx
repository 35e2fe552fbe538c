import type { SessionSummary } from '@hoptrace/api'

export type ProtocolName = SessionSummary['protocol']

export const protocols: Record<ProtocolName, { letter: string; name: string }> = {
  postgres: { letter: 'P', name: 'PostgreSQL' },
  ssh: { letter: 'S', name: 'SSH' },
  kubernetes: { letter: 'K', name: 'Kubernetes' },
  http: { letter: 'H', name: 'HTTP' },
}

/** Of an access that was refused before it said what it wanted. */
export const UNKNOWN = { letter: '?', name: 'unknown protocol' }

/** The protocol's colour never stands without its letter. */
export function Protocol({ protocol, isNamed = false }: { protocol: ProtocolName | null; isNamed?: boolean }) {
  const { letter, name } = protocol === null ? UNKNOWN : protocols[protocol]
  return (
    <span className="protocol">
      <span className={`protocol-letter ${protocol ?? 'unknown'}`} aria-hidden="true" title={name}>
        {letter}
      </span>
      {isNamed ? <span>{name}</span> : <span className="visually-hidden">{name}</span>}
    </span>
  )
}
