import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { scrollInto } from './grid-window.ts'

export type Viewport = { left: number; top: number; width: number; height: number }
export type LaneSizes = { column: number; row: number; gutter: number }
export type Cell = { row: number; column: number }

type Followed = { ref: RefObject<HTMLDivElement | null>; view: Viewport; show: (cell: Cell) => void }

/** What part of a scrolled grid is in view, and how to bring a cell into it. The first cell named is brought in at once. */
export function useViewport({ column, row, gutter }: LaneSizes, first: Cell | null): Followed {
  const ref = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<Viewport>({ left: 0, top: 0, width: 1000, height: 400 })
  const show = useCallback(
    (cell: Cell) => {
      const element = ref.current
      if (element === null) return
      element.scrollLeft = scrollInto(element.scrollLeft, element.clientWidth - gutter, column, cell.column)
      element.scrollTop = scrollInto(element.scrollTop, element.clientHeight - row, row, cell.row)
    },
    [column, row, gutter],
  )
  const initial = useRef(first)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = () => {
      const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = element
      setView({ left, top, width, height })
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    if (initial.current !== null) show(initial.current)
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [show])
  return { ref, view, show }
}
