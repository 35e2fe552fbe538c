import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

const route = getRouteApi('/sessions/$sessionId')
/** While it plays, the address follows once a second. */
const FOLLOW_MS = 1000

type Position = {
  positionMs: number
  isPlaying: boolean
  isReady: boolean /** Does the address name what the terminal belongs to? */
  keepsSeq: boolean
  seekMs: (ms: number) => void
}

/** Keeps the player's position in the address (replacing, so that Back leaves the page), and goes where the address is changed to. */
export function useFollowAddress({ positionMs, isPlaying, isReady, keepsSeq, seekMs }: Position): void {
  const { ms } = route.useSearch()
  const navigate = route.useNavigate()
  const written = useRef(ms)
  const rounded = Math.round(isPlaying ? Math.floor(positionMs / FOLLOW_MS) * FOLLOW_MS : positionMs)
  const previous = useRef(rounded)

  useEffect(() => {
    if (!isReady || ms === undefined || ms === written.current) return
    written.current = ms
    previous.current = ms
    seekMs(ms)
  }, [ms, isReady, seekMs])

  useEffect(() => {
    if (!isReady || rounded === previous.current) return
    const timer = setTimeout(() => {
      previous.current = rounded
      written.current = rounded
      void navigate({
        to: '.',
        search: (search) => ({ ...search, ms: rounded, ...(keepsSeq ? {} : { seq: undefined }) }),
        replace: true,
        resetScroll: false,
      })
    }, 150)
    return () => clearTimeout(timer)
  }, [rounded, isReady, keepsSeq, navigate])
}
