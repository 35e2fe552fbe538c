import { Fragment, useMemo, useState } from 'react'
import { formatCount } from '../format/quantity.ts'
import { splitControls } from '../format/recorded.ts'
import { Maskable } from '../masking/masking.tsx'

type RecordedProps = {
  text: string
  /** Keep line breaks. */
  isBlock?: boolean
  /** Characters shown before the rest is folded. */
  limit?: number
  /** Occurrences of this value are marked. */
  highlight?: string | null
}

/**
 * Text that somebody recorded, and that nobody vouches for: text nodes only, controls written by name, isolated from
 * the direction of what stands around it. What stands for a masked secret looks like it.
 */
export function Recorded({ text, isBlock = false, limit = 4000, highlight = null }: RecordedProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? text : text.slice(0, limit)
  return (
    <span className={isBlock ? 'recorded block' : 'recorded'} dir="ltr">
      <Maskable text={shown}>{(piece) => <Marked text={piece} highlight={highlight} />}</Maskable>
      {shown.length < text.length && (
        <button type="button" className="text-button" onClick={() => setWhole(true)}>
          … {formatCount(text.length - shown.length)} more characters
        </button>
      )}
    </span>
  )
}

function Marked({ text, highlight }: { text: string; highlight: string | null }) {
  if (highlight === null || highlight === '' || !text.includes(highlight)) return <Visible text={text} />
  const pieces = withOffsets(text.split(highlight), highlight.length)
  return pieces.map(({ piece, offset }, index) => (
    <Fragment key={offset}>
      {index > 0 && (
        <mark>
          <Visible text={highlight} />
        </mark>
      )}
      <Visible text={piece} />
    </Fragment>
  ))
}

function withOffsets(pieces: string[], gap: number) {
  let offset = 0
  return pieces.map((piece) => {
    const at = offset
    offset += piece.length + gap
    return { piece, offset: at }
  })
}

function Visible({ text }: { text: string }) {
  const stretches = useMemo(() => {
    let offset = 0
    return splitControls(text).map((stretch) => {
      const at = offset
      offset += stretch.text.length
      return { ...stretch, at }
    })
  }, [text])
  return stretches.map(({ text: piece, control, at }) =>
    control === null ? (
      <Fragment key={at}>{piece}</Fragment>
    ) : (
      <span key={at} className="control" title={control}>
        {piece}
      </span>
    ),
  )
}
