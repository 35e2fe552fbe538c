import type { ChainDetail } from '@hoptrace/api'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { spansOf } from './chain-layout.ts'
import { nextStand } from './chain-moment.ts'
import { type TimeScale, timeScale } from './time-scale.ts'

const route = getRouteApi('/chains/$chainId')
const TICK_MS = 100
/** The address follows when the clock rests, and once a second while it runs. */
const FOLLOW_MS = 1000

/** One clock for all sessions of a chain. */
export type ChainClockState = {
  /** Milliseconds since the epoch; null until the reader first moves it. */
  atMs: number | null
  startMs: number
  endMs: number
  isPlaying: boolean
  speed: number
  /** Places on the axis from 0 to 1: busy time in proportion, idle time short. */
  scale: TimeScale
  toggle: () => void
  seek: (atMs: number) => void
  setSpeed: (speed: number) => void
}

export function useChainClock(chain: ChainDetail, nowMs: number): ChainClockState {
  const { ms } = route.useSearch()
  const scale = useMemo(() => timeScale(spansOf(chain, nowMs), 1000), [chain, nowMs])
  const startMs = scale.pieces[0]?.from ?? nowMs
  const endMs = scale.pieces.at(-1)?.to ?? nowMs
  const [atMs, setAtMs] = useState(ms === undefined ? null : Math.min(startMs + ms, endMs))
  const [isPlaying, setPlaying] = useState(false)
  const [speed, setSpeed] = useState(1)

  useEffect(() => {
    if (!isPlaying) return
    const tick = () => setAtMs((before) => nextStand(scale.pieces, before ?? startMs, TICK_MS * speed))
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [isPlaying, scale, speed, startMs])
  useEffect(() => {
    if (isPlaying && atMs !== null && atMs >= endMs) setPlaying(false)
  }, [isPlaying, atMs, endMs])
  useClockInAddress(atMs === null ? undefined : Math.round(atMs - startMs), isPlaying)

  const toggle = () => {
    if (!isPlaying && (atMs === null || atMs >= endMs)) setAtMs(startMs)
    setPlaying(!isPlaying)
  }
  return { atMs, startMs, endMs, isPlaying, speed, scale, toggle, seek: setAtMs, setSpeed }
}

function useClockInAddress(ms: number | undefined, isPlaying: boolean): void {
  const navigate = route.useNavigate()
  const written = isPlaying && ms !== undefined ? Math.floor(ms / FOLLOW_MS) * FOLLOW_MS : ms
  useEffect(() => {
    if (written === undefined) return
    const timer = setTimeout(() => {
      void navigate({ to: '.', search: (previous) => ({ ...previous, ms: written }), replace: true, resetScroll: false })
    }, 150)
    return () => clearTimeout(timer)
  }, [written, navigate])
}
