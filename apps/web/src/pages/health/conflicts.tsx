import type { ConflictsFound } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { shortId } from '../../format/identifier.ts'
import { formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Section } from '../../ui/page.tsx'
import { Readout } from '../../ui/readout.tsx'
import type { Tone } from '../../ui/state.tsx'

type Word = { tone: Tone; word: string }
const CONFLICT: Word = { tone: 'bad', word: 'Recording, and in conflict: two different events stand in one place' }

/** The state in a word: a conflict is as bad as being blind, which comes first. */
export function wordOf({ conflicts }: { conflicts: ConflictsFound }, word: Word): Word {
  return conflicts.count > 0 && word.tone !== 'bad' ? CONFLICT : word
}

/** How many sessions are in conflict, with the way to the proof of the newest. */
export function ConflictsReadout({ conflicts: { count, newest } }: { conflicts: ConflictsFound }) {
  const [first] = newest
  return (
    <Readout label="Conflicts, 24 h" isBad={count > 0}>
      {first === undefined ? formatCount(count) : <ProofLink conflict={first}>{formatCount(count)}</ProofLink>}
    </Readout>
  )
}

/** The newest sessions in conflict; nothing where there is none. */
export function Conflicts({ conflicts: { count, newest } }: { conflicts: ConflictsFound }) {
  if (count === 0) return null
  return (
    <Section title="Conflicts" aside={<span className="faint">two different events under one seq, both kept</span>}>
      <ul className="plain-list" aria-label="Sessions in conflict">
        {newest.map((conflict) => (
          <li key={conflict.sessionId}>
            <ProofLink conflict={conflict}>
              Proof of event {conflict.seq} in {shortId(conflict.sessionId)}
            </ProofLink>{' '}
            <span className="faint">
              stored <Instant at={conflict.storedAt} />
            </span>
          </li>
        ))}
      </ul>
      {count > newest.length && <p className="faint">and {formatCount(count - newest.length)} more</p>}
    </Section>
  )
}

type ProofLinkProps = { conflict: ConflictsFound['newest'][number]; children: ReactNode }

function ProofLink({ conflict: { sessionId, seq }, children }: ProofLinkProps) {
  return (
    <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId, seq: String(seq) }}>
      {children}
    </Link>
  )
}
