import type { RecordedBody } from '@hoptrace/api'
import { useMemo, useState } from 'react'
import { readable, sizeOf } from '../../../format/bytes.ts'
import { formatBytes, plural } from '../../../format/quantity.ts'
import { readJson } from '../../../format/read-json.ts'
import { CopyButton } from '../../../ui/copy-button.tsx'
import { Recorded } from '../../../ui/recorded.tsx'
import { JsonTree } from './json-tree.tsx'

/** What capture writes in the place of what it withholds. */
const NOTE = '(never recorded)'

/** What was recorded of a body: JSON laid out, other text as it is, of the rest what it was. */
export function BodyView({ body, label }: { body: RecordedBody; label: string }) {
  const { data, mediaType, encoding, truncated, withheld = [] } = body
  // The whole of it, or what came after where it could be read.
  const isRestWithheld = withheld.includes('')
  const text = data === undefined ? '' : readable(data)
  const shown = isRestWithheld && text.endsWith(NOTE) ? text.slice(0, -NOTE.length) : text
  return (
    <section className="body" aria-label={label}>
      <p className="detail-line quiet">
        <span className="body-type">
          <Recorded text={mediaType ?? 'no media type'} limit={80} />
        </span>
        {data !== undefined && ` · ${formatBytes(sizeOf(data))}`}
        {encoding !== null && (
          <>
            {' · decoded from '}
            <Recorded text={encoding} limit={40} />
          </>
        )}
        {truncated !== undefined && (
          <span className="warn-text">
            {' '}
            · the first {formatBytes(truncated.kept)} of {formatBytes(truncated.total)} that had come
          </span>
        )}
        {withheld.length > 0 && <span className="warn-text"> · {plural(withheld.length, 'value')} withheld: digested, never recorded</span>}
      </p>
      {data === undefined ? (
        <p className="quiet detail-line">
          {isRestWithheld ? 'All of it is withheld.' : 'Not textual: only its size and its digest are kept.'}
        </p>
      ) : (
        <TextView text={shown} withheld={withheld.filter((pointer) => pointer !== '')} label={label} />
      )}
    </section>
  )
}

/** Recorded text, laid out where it is JSON; and as it was recorded for who asks. */
export function TextView({ text, withheld = [], label }: { text: string; withheld?: readonly string[]; label: string }) {
  const nodes = useMemo(() => readJson(text)?.map((node, index) => ({ node, key: String(index) })) ?? null, [text])
  const [isRaw, setRaw] = useState(false)
  if (text === '') return <p className="faint detail-line">Empty.</p>
  return (
    <div className="body-text">
      <div className="body-tools">
        {nodes !== null && (
          <button type="button" className="button small" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            As recorded
          </button>
        )}
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      {nodes === null || isRaw ? (
        <pre className="body-raw">
          <Recorded text={text} isBlock limit={8000} />
        </pre>
      ) : (
        <div className="json-tree">
          {nodes.map(({ node, key }) => (
            <JsonTree key={key} node={node} withheld={withheld} />
          ))}
        </div>
      )}
    </div>
  )
}
