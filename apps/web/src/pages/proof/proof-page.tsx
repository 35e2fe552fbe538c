import type { Proof } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { useMay } from '../../identity/identity.tsx'
import { MaskBar } from '../../masking/mask-bar.tsx'
import { Masking } from '../../masking/masking.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { ChainPlace } from './chain-place.tsx'
import { ContentProof } from './content-proof.tsx'

const route = getRouteApi('/sessions/$sessionId/events/$seq')

const VERDICTS: Record<Proof['verdict'], { tone: Tone; word: string; says: string }> = {
  proved: { tone: 'good', word: 'Proved', says: 'One content, its hash holds, and it is chained to its neighbours.' },
  unanchored: { tone: 'warn', word: 'Not anchored', says: 'Its hash holds, but a neighbour is missing, so its place is not proved.' },
  conflict: { tone: 'bad', word: 'Conflict', says: 'Two contents claim this place. Both are kept; neither is proved.' },
  broken: { tone: 'bad', word: 'Broken', says: 'A hash does not hold or does not chain: this is not what the gateway recorded.' },
}

export function ProofPage() {
  const { sessionId, seq } = route.useParams()
  const search = route.useSearch()
  const isRevealed = useMay('reveal') && search.reveal === '1'
  const answer = useQuery(queries.proof(sessionId, Number(seq), isRevealed ? { reveal: '1' } : {}))
  const heading = (
    <>
      Proof of event {seq} <span className="faint">in {shortId(sessionId)}</span>
    </>
  )
  return (
    <Page title={`Proof of event ${seq}`} heading={heading} actions={<MomentLinks sessionId={sessionId} proof={answer.data} />}>
      {answer.isPending && <Loading what="the proof" />}
      {answer.isError && <Failure error={answer.error} what="event" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && <LoadedProof proof={answer.data} isRevealed={isRevealed} />}
    </Page>
  )
}

function MomentLinks({ sessionId, proof }: { sessionId: string; proof: Proof | undefined }) {
  const event = proof?.contents[0]?.event
  if (event === undefined || event.target === null) return null
  const moment = { seq: event.seq, ms: Math.floor(event.elapsedUs / 1000) }
  return (
    <>
      <Link to="/sessions/$sessionId" params={{ sessionId }} search={moment} className="button">
        Show the moment
      </Link>
      <Link to="/sessions/$sessionId" params={{ sessionId }} search={{ view: 'events', seq: event.seq }} className="button">
        Among the events
      </Link>
    </>
  )
}

function LoadedProof({ proof, isRevealed }: { proof: Proof; isRevealed: boolean }) {
  const navigate = route.useNavigate()
  const reveal = (is: boolean) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, reveal: is ? '1' : undefined }), replace: true })
  const { tone, word, says } = VERDICTS[proof.verdict]
  return (
    <Masking masked={proof.masked}>
      <p className={`verdict ${tone}-edge`}>
        <State tone={tone}>{word}</State> {says}
      </p>
      <MaskBar masked={proof.masked} isRevealed={isRevealed} what="this event" onReveal={reveal} />
      <ChainPlace proof={proof} />
      <div className={proof.contents.length > 1 ? 'contents side-by-side' : 'contents'}>
        {proof.contents.map((content, index) => (
          <ContentProof
            key={content.hash}
            content={content}
            name={proof.contents.length > 1 ? `Content ${index + 1} of ${proof.contents.length}` : 'Content'}
          />
        ))}
      </div>
    </Masking>
  )
}
