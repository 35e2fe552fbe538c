import type { DeadLetterDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import * as queries from '../../api/queries.ts'
import { bytesOfBase64, hexDump } from '../../format/hex-dump.ts'
import { shortId } from '../../format/identifier.ts'
import { formatBytes, formatCount } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page, Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { LetterState } from '../health/letter-state.tsx'
import { ReplayLetter } from '../health/replay-letter.tsx'

const route = getRouteApi('/dead-letters/$letterId')

/** A message that could not be understood, whole: as text where it is text, and always its bytes. */
export function DeadLetterPage() {
  const { letterId } = route.useParams()
  const answer = useQuery(queries.deadLetter(letterId))
  return (
    <Page title={`Dead letter ${shortId(letterId)}`} actions={<LetterActions id={letterId} />}>
      {answer.isPending && <Loading what="the dead letter" />}
      {answer.isError && <Failure error={answer.error} what="dead letter" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && <Letter letter={answer.data} />}
    </Page>
  )
}

function LetterActions({ id }: { id: string }) {
  return (
    <>
      <ReplayLetter letter={{ id }} />
      <Link to="/health">All dead letters</Link>
    </>
  )
}

function Letter({ letter }: { letter: DeadLetterDetail }) {
  return (
    <>
      <Facts>
        <Fact label="Reason">
          <Recorded text={letter.reason} limit={120} />
        </Fact>
        <Fact label="Where in it">
          {letter.at === '' ? <span className="faint">not known</span> : <Recorded text={letter.at} limit={200} />}
        </Fact>
        <Fact label="Received">
          <Instant at={letter.receivedAt} />
        </Fact>
        <Fact label="Source">
          <Recorded text={letter.source} limit={200} />
        </Fact>
        <Fact label="State">
          <LetterState letter={letter} />
        </Fact>
        <Fact label="Size">{formatBytes(letter.bytes)}</Fact>
        <Fact label="SHA-256" isWide>
          <code className="recorded">{letter.id}</code>
        </Fact>
      </Facts>
      {letter.text !== null && (
        <Section title="Text">
          <p className="excerpt">
            <Recorded text={letter.text} isBlock limit={8000} />
          </p>
        </Section>
      )}
      <Bytes base64={letter.base64} />
    </>
  )
}

const SHOWN_BYTES = 4096

function Bytes({ base64 }: { base64: string }) {
  const bytes = useMemo(() => bytesOfBase64(base64), [base64])
  const isCut = bytes.length > SHOWN_BYTES
  const aside = isCut ? `the first ${formatCount(SHOWN_BYTES)} of ${formatCount(bytes.length)}` : undefined
  return (
    <Section title="Bytes" aside={aside && <span className="faint">{aside}</span>}>
      <pre className="excerpt recorded">{hexDump(bytes.subarray(0, SHOWN_BYTES))}</pre>
    </Section>
  )
}
