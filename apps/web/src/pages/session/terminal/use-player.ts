import { create, type Player } from 'asciinema-player'
import { type RefObject, useEffect, useRef, useState } from 'react'

export type PlayerState = { isPlaying: boolean; seconds: number; duration: number | null; problem: string | null }
export type PlayerControls = { state: PlayerState; play: () => void; pause: () => void; seek: (seconds: number) => void }

type Options = { url: string; speed: number; startAt: number }
const COLD: PlayerState = { isPlaying: false, seconds: 0, duration: null, problem: null }

/**
 * One asciinema-player in an element. A new address or speed needs a new player (it has no run-time speed), which begins where
 * the last one stood. Created in the effect and disposed in its clean-up, since React mounts twice in strict mode.
 */
export function usePlayer(element: RefObject<HTMLElement | null>, { url, speed, startAt }: Options): PlayerControls {
  const [state, setState] = useState(COLD)
  const player = useRef<Player>(null)
  const begin = useRef({ seconds: startAt, isPlaying: false })

  useEffect(() => {
    const container = element.current
    if (container === null) return
    const { seconds, isPlaying } = begin.current
    const made = create({ url, format: 'segmented', fetchOpts: { credentials: 'same-origin' } }, container, {
      speed,
      controls: false,
      fit: 'both',
      theme: 'hoptrace',
      cursorMode: 'steady',
      terminalFontFamily: 'var(--recorded)',
      preload: true,
    })
    player.current = made
    const read = (change: Partial<PlayerState> = {}) =>
      setState((old) =>
        unlessSame(old, { ...old, seconds: made.getCurrentTime(), duration: made.getDuration() ?? old.duration, ...change }),
      )
    const fail = (error: unknown) => read({ problem: error instanceof Error ? error.message : 'The terminal cannot be played' })
    made.addEventListener('playing', () => read({ isPlaying: true, problem: null }))
    made.addEventListener('pause', () => read({ isPlaying: false }))
    made.addEventListener('ended', () => read({ isPlaying: false }))
    made
      .seek(seconds)
      .then(() => (isPlaying ? made.play() : undefined))
      .then(() => read())
      .catch(fail)
    const clock = setInterval(() => read(), 100)
    return () => {
      begin.current = { seconds: made.getCurrentTime(), isPlaying: begin.current.isPlaying }
      clearInterval(clock)
      player.current = null
      made.dispose()
    }
  }, [element, url, speed])

  useEffect(() => {
    begin.current.isPlaying = state.isPlaying
  }, [state.isPlaying])

  return {
    state,
    play: () => void player.current?.play(),
    pause: () => void player.current?.pause(),
    seek: (seconds) => void player.current?.seek(seconds),
  }
}

/** The old state when nothing changed, so that a player at rest renders nothing. */
function unlessSame(old: PlayerState, next: PlayerState): PlayerState {
  return (Object.keys(next) as (keyof PlayerState)[]).every((key) => old[key] === next[key]) ? old : next
}
