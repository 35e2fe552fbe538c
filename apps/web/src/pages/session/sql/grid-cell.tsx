import { type KeyboardEvent, useEffect, useRef } from 'react'
import { plainRecorded } from '../../../format/recorded.ts'
import { Maskable } from '../../../masking/masking.tsx'

type GridCellProps = {
  value: string | null
  index: number
  isSelected: boolean
  /** The one cell that the Tab key stops at. */
  isTabStop: boolean
  isFollowed: boolean
  onSelect: () => void
  onMove: (event: KeyboardEvent) => void
}

/** One value. The arrow keys go from cell to cell. */
export function GridCell({ value, index, isSelected, isTabStop, isFollowed, onSelect, onMove }: GridCellProps) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // The focus follows the selection only where it already was: a link to a cell must not take it from the page.
    const focused = document.activeElement
    if (isSelected && focused !== button.current && focused?.closest('.grid') != null) button.current?.focus({ preventScroll: true })
  }, [isSelected])
  return (
    <td aria-colindex={index + 1} className={`${isSelected ? 'selected' : ''} ${isFollowed ? 'followed' : ''}`}>
      <button
        ref={button}
        type="button"
        className="grid-value"
        tabIndex={isTabStop ? 0 : -1}
        aria-pressed={isSelected}
        onClick={onSelect}
        onKeyDown={onMove}
      >
        {value === null ? <span className="null">NULL</span> : <Maskable text={plainRecorded(value, 60)}>{(text) => text}</Maskable>}
        {isFollowed && <span className="visually-hidden"> (a value that is followed)</span>}
      </button>
    </td>
  )
}
