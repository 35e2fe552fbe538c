import type { ProofContent } from '@hoptrace/api'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { formatBytes } from '../../format/quantity.ts'
import { useMasked } from '../../masking/masking.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { useOwnHash } from './use-own-hash.ts'

const route = getRouteApi('/sessions/$sessionId/events/$seq')

/** One content that claims the place: its bytes, its hash, and the hash computed here. */
export function ContentProof({ content, name }: { content: ProofContent; name: string }) {
  const { form = 'pretty' } = route.useSearch()
  const isMasked = useMasked() > 0
  return (
    <Section title={name} aside={<ContentTools content={content} />}>
      <HashTable content={content} />
      <p className="quiet detail-line">
        Recorded <Instant at={Number(BigInt(content.event.ts) / 1000n)} /> by gateway <code>{content.event.gatewayId}</code> ·{' '}
        {formatBytes(content.bytes)} of canonical JSON (RFC 8785){isMasked && ', some of it masked here'}
      </p>
      {form === 'raw' ? (
        <pre className="json raw">
          <Recorded text={content.content} isBlock limit={50_000} />
        </pre>
      ) : (
        <pre className="json">
          <Recorded text={pretty(content.content)} isBlock limit={50_000} />
        </pre>
      )}
    </Section>
  )
}

function pretty(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2)
  } catch {
    return content
  }
}

function HashTable({ content }: { content: ProofContent }) {
  const own = useOwnHash(content.content)
  const isMasked = useMasked() > 0
  const ownHash = own.kind === 'hash' && !isMasked ? own.hash : null
  return (
    <table className="table compact hashes" aria-label="Hashes">
      <tbody>
        <HashRow who="Recorded at capture" hash={content.hash} />
        <HashRow who="Computed by the server" hash={content.recomputedHash} against={content.hash} />
        <HashRow
          who="Computed by this browser"
          hash={ownHash}
          against={content.hash}
          why={isMasked ? 'not what was hashed: secrets in it are masked' : own.kind === 'impossible' ? own.why : 'computing…'}
        />
      </tbody>
    </table>
  )
}

function HashRow({ who, hash, against, why }: { who: string; hash: string | null; against?: string; why?: string }) {
  const verdict: [Tone, string] | null =
    against === undefined ? null : hash === null ? ['quiet', why ?? 'unknown'] : hash === against ? ['good', 'equal'] : ['bad', 'differs']
  return (
    <tr>
      <th scope="row">{who}</th>
      <td>{hash !== null && <code className="hash">{hash}</code>}</td>
      <td>{verdict !== null && <State tone={verdict[0]}>{verdict[1]}</State>}</td>
    </tr>
  )
}

function ContentTools({ content }: { content: ProofContent }) {
  const { form = 'pretty' } = route.useSearch()
  const isMasked = useMasked() > 0
  return (
    <span className="row">
      <Link
        from="/sessions/$sessionId/events/$seq"
        to="."
        search={(previous) => ({ ...previous, form: 'pretty' as const })}
        replace
        resetScroll={false}
        className="tab small"
        aria-current={form === 'pretty' ? 'page' : undefined}
      >
        Pretty
      </Link>
      <Link
        from="/sessions/$sessionId/events/$seq"
        to="."
        search={(previous) => ({ ...previous, form: 'raw' as const })}
        replace
        resetScroll={false}
        className="tab small"
        aria-current={form === 'raw' ? 'page' : undefined}
      >
        {isMasked ? 'As one line' : 'Exact bytes'}
      </Link>
      {!isMasked && (
        <>
          <CopyButton text={content.content} label="Copy the exact content" />
          <Download content={content} />
        </>
      )}
    </span>
  )
}

/** The exact bytes as a file, so that `sha256sum` can say the same. */
function Download({ content }: { content: ProofContent }) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([content.content], { type: 'application/json' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [content.content])
  return (
    <a className="button small" href={url} download={`event-${content.event.sessionId}-${content.event.seq}.json`}>
      Download
    </a>
  )
}
