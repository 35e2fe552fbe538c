import type { StatementItem } from '@hoptrace/api'
import { useEffect, useState } from 'react'
import { formatBytes, plural } from '../../../format/quantity.ts'
import { sha256OfBytes } from '../../../format/sha256.ts'
import { useMasked } from '../../../masking/masking.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { type FoundText, findWhole, type LineItem } from './text-pieces.ts'

/** The end of a statement that one event cannot hold, and the whole of it as a file, held against its recorded SHA-256. */
export function LongText({ statement, lines }: { statement: StatementItem; lines: readonly LineItem[] }) {
  const found = useWhole(statement, lines)
  return (
    <section aria-label="The rest of a long text" className="long-text">
      <p className="detail-line row">
        <span className="quiet">
          {formatBytes(statement.truncated?.total ?? 0)} in all
          {found !== 'looking' &&
            found !== null &&
            found.pieces > 0 &&
            `; ${plural(found.pieces, 'piece')} between this start and this end`}
        </span>
        <WholeText statement={statement} found={found} />
      </p>
      <pre className="statement-text">
        <span className="faint">…</span>
        <Recorded text={statement.tail ?? ''} isBlock />
      </pre>
    </section>
  )
}

function WholeText({ statement, found }: { statement: StatementItem; found: FoundText | null | 'looking' }) {
  const isMasked = useMasked() > 0
  const url = useFile(found === 'looking' ? null : found)
  if (found === 'looking') return <span className="faint">putting it together…</span>
  if (found === null && isMasked) return <span className="quiet">Secrets in it are masked, so it is not the text that was hashed.</span>
  if (found === null) return <State tone="warn">The pieces do not make the text whose SHA-256 was recorded</State>
  return (
    <>
      {found.isProved ? (
        <State tone="good" title={statement.sha256 ?? ''}>
          SHA-256 equal to the recorded one
        </State>
      ) : (
        <State tone="warn">The text never came whole, so no SHA-256 was recorded</State>
      )}
      <a className="button small" href={url} download={`statement-${statement.seq}.sql`}>
        Download the whole text
      </a>
    </>
  )
}

function useWhole(statement: StatementItem, lines: readonly LineItem[]): FoundText | null | 'looking' {
  const [found, setFound] = useState<FoundText | null | 'looking'>('looking')
  useEffect(() => {
    let isCurrent = true
    findWhole(statement, lines, sha256OfBytes).then(
      (text) => isCurrent && setFound(text),
      () => isCurrent && setFound(null),
    )
    return () => {
      isCurrent = false
    }
  }, [statement, lines])
  return found
}

function useFile(found: FoundText | null): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (found === null) return
    const made = URL.createObjectURL(new Blob([found.bytes], { type: 'application/sql' }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [found])
  return url
}
