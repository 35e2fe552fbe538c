import type { CommandsAnswer, SessionCommand, SessionDetail, TerminalIndex } from '@hoptrace/api'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { useKeys } from '../../../shell/keys.ts'
import { CommandList } from './command-list.tsx'
import type { PlayerClock } from './player-clock.ts'
import { Transport } from './transport.tsx'
import { useFollowAddress } from './use-follow-address.ts'
import { usePlayer } from './use-player.ts'

const route = getRouteApi('/sessions/$sessionId')

type TerminalStageProps = {
  session: SessionDetail
  url: string
  index: TerminalIndex
  commands: CommandsAnswer
  clock: PlayerClock
  startMs: number
  /** Beside what opened it: without the list of commands, and the address goes on naming the request. */
  isInDetail: boolean
}

/** The player, its transport and the commands: one position for all three, and in the address. */
export function TerminalStage({ session, url, index, commands, clock, startMs, isInDetail }: TerminalStageProps) {
  const { speed = '1', channel = session.channels[0] } = route.useSearch()
  const navigate = route.useNavigate()
  const screen = useRef<HTMLDivElement>(null)
  const player = usePlayer(screen, { url, speed: Number(speed), startAt: Math.min(clock.toPlayer(startMs), index.duration) })
  const { state } = player
  const positionMs = clock.toSession(state.seconds)
  const seekMs = (ms: number) => player.seek(Math.min(clock.toPlayer(ms), state.duration ?? Number.POSITIVE_INFINITY))
  useFollowAddress({ positionMs, isPlaying: state.isPlaying, isReady: state.duration !== null, keepsSeq: isInDetail, seekMs })

  const step = (by: number) => {
    const current = commands.items.findLastIndex((command) => command.ms <= positionMs + 1)
    const next = commands.items[Math.max(0, current + by)]
    if (next !== undefined) seekMs(next.ms)
  }
  // Another channel is another player, which begins at that moment.
  const goTo = (command: SessionCommand) => {
    if (command.channel === channel || !session.channels.includes(command.channel)) return seekMs(command.ms)
    void navigate({
      to: '.',
      search: (previous) => ({ ...previous, channel: command.channel, ms: Math.ceil(command.ms), seq: undefined }),
      replace: true,
      resetScroll: false,
    })
  }
  const toggle = () => (state.isPlaying ? player.pause() : player.play())
  const keys = { ' ': toggle, '[': () => step(-1), ']': () => step(1) }
  useKeys(isInDetail ? keys : { ...keys, j: () => step(1), k: () => step(-1) })
  const label = useMemo(
    () => `Terminal of ${session.target.account}@${session.target.name}, ${index.term.cols} by ${index.term.rows}`,
    [session, index],
  )
  return (
    <div className={isInDetail ? 'terminal-in-detail' : 'split terminal'}>
      <div className="stage">
        <div ref={screen} className="screen" role="img" aria-label={label} />
        {state.problem !== null && (
          <p className="notice bad-edge" role="alert">
            The terminal cannot be played: {state.problem}
          </p>
        )}
        <Transport
          session={session}
          commands={commands.items}
          clock={clock}
          state={state}
          durationSeconds={state.duration ?? index.duration}
          onToggle={toggle}
          onSeek={player.seek}
          onStep={step}
          isInDetail={isInDetail}
        />
      </div>
      {!isInDetail && <CommandList session={session} commands={commands} positionMs={positionMs} onSeek={goTo} />}
    </div>
  )
}
