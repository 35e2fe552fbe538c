import type { SessionSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'

export function OpenSessions({ sessions }: { sessions: readonly SessionSummary[] }) {
  if (sessions.length === 0) return null
  const all = (
    <Link to="/sessions" search={{ outcome: ['open'] }}>
      All open
    </Link>
  )
  return (
    <Section title="Open sessions" aside={all}>
      <ul className="lines">
        {sessions.map((session) => (
          <li key={session.id} className="line">
            <Protocol protocol={session.protocol} />
            <Link to="/sessions/$sessionId" params={{ sessionId: session.id }} className="grow">
              <Recorded text={`${session.target.account}@${session.target.name}`} limit={80} />
            </Link>
            <span className="quiet">{session.principal === null ? 'unknown' : <Recorded text={session.principal} limit={40} />}</span>
            <span className="faint nowrap">{plural(session.commands, 'command')}</span>
            <Instant at={session.startedAt} form="clock" />
          </li>
        ))}
      </ul>
    </Section>
  )
}
