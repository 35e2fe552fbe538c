import type { Proof } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { shortHash } from '../../format/identifier.ts'
import { Section } from '../../ui/page.tsx'

type Neighbour = Proof['previous'][number]

/** The event between its neighbours: each names the hash of the one before it. */
export function ChainPlace({ proof }: { proof: Proof }) {
  const { previous, next, contents, sessionId, seq, lastSeq } = proof
  return (
    <Section
      title="Place in the chain"
      aside={
        <span className="faint">
          seq {seq} of 0 to {lastSeq}
        </span>
      }
    >
      <ol className="hash-chain">
        {previous.map((neighbour) => (
          <NeighbourBox key={neighbour.hash} sessionId={sessionId} neighbour={neighbour} word="before" />
        ))}
        {previous.length === 0 && (
          <EmptyBox text={seq === 0 ? 'This is the first event: prevHash is all zeros' : `seq ${seq - 1} is missing`} isBad={seq !== 0} />
        )}
        {contents.map((content) => (
          <li key={content.hash} className="hash-box this" aria-current="true">
            <span className="hash-title">
              seq {seq} <code>{content.event.type}</code>
            </span>
            <HashPair prevHash={content.prevHash} hash={content.hash} />
            <span className={content.isChained === false ? 'bad-text' : 'quiet'}>
              {content.isChained === null ? 'not anchored' : content.isChained ? '✓ chained' : '✕ does not chain'}
            </span>
          </li>
        ))}
        {next.map((neighbour) => (
          <NeighbourBox key={neighbour.hash} sessionId={sessionId} neighbour={neighbour} word="after" />
        ))}
        {next.length === 0 && (
          <EmptyBox text={seq === lastSeq ? 'This is the last event so far' : `seq ${seq + 1} is missing`} isBad={seq !== lastSeq} />
        )}
      </ol>
    </Section>
  )
}

function NeighbourBox({ sessionId, neighbour, word }: { sessionId: string; neighbour: Neighbour; word: string }) {
  return (
    <li className="hash-box">
      <Link
        to="/sessions/$sessionId/events/$seq"
        params={{ sessionId, seq: String(neighbour.seq) }}
        className="hash-title"
        aria-label={`The event ${word}: seq ${neighbour.seq}, ${neighbour.type}`}
      >
        seq {neighbour.seq} <code>{neighbour.type}</code>
      </Link>
      <HashPair prevHash={neighbour.prevHash} hash={neighbour.hash} />
    </li>
  )
}

function HashPair({ prevHash, hash }: { prevHash: string; hash: string }) {
  return (
    <span className="hash-pair">
      <span className="faint">prev</span> <code title={prevHash}>{shortHash(prevHash)}</code>
      <br />
      <span className="faint">hash</span> <code title={hash}>{shortHash(hash)}</code>
    </span>
  )
}

function EmptyBox({ text, isBad }: { text: string; isBad: boolean }) {
  return <li className={`hash-box empty ${isBad ? 'warn-text' : 'faint'}`}>{text}</li>
}
