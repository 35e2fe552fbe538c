import type { SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import * as queries from '../../../api/queries.ts'
import { MaskBar } from '../../../masking/mask-bar.tsx'
import { Masking } from '../../../masking/masking.tsx'
import { Failure, Loading } from '../../../ui/outcomes.tsx'
import { useReveal } from '../use-reveal.ts'
import { PlayerClock } from './player-clock.ts'
import { TerminalStage } from './terminal-stage.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** One terminal of a session that is shown beside what opened it. */
export type InDetail = { channel: number; startMs: number }
/** Between what a session does in one terminal it does other things: nobody waits for those. */
const IDLE_IN_DETAIL = '1'
const FIRST_SIGHT_MS = 500

/** Loads what the stage needs before the player begins: the commands, and the index, which ties the two clocks together. */
export function TerminalReplay({ session, inDetail }: { session: SessionDetail; inDetail?: InDetail }) {
  const search = route.useSearch()
  const { ms } = search
  // In the detail of a request the address names the request.
  const seq = inDetail ? undefined : search.seq
  const channel = inDetail?.channel ?? search.channel ?? session.channels[0]
  const idle = search.idle ?? (inDetail && IDLE_IN_DETAIL)
  const { reveal, isRevealed, setRevealed } = useReveal()
  const params = useMemo(() => ({ channel, idle, reveal }), [channel, idle, reveal])
  const commands = useQuery(queries.commands(session.id, params))
  const index = useQuery({ ...queries.terminalIndex(session.id, params), staleTime: 60_000 })
  const isNamedBySeq = seq !== undefined && ms === undefined
  const named = useQuery({ ...queries.oneEvent(session.id, seq ?? 0), enabled: isNamedBySeq })
  const clock = useMemo(() => new PlayerClock(index.data?.clock ?? []), [index.data])

  const failed = [commands, index].find((answer) => answer.isError)
  if (failed?.error) return <Failure error={failed.error} what="terminal recording" onRetry={() => failed.refetch()} />
  if (!commands.isSuccess || !index.isSuccess || (isNamedBySeq && named.isPending)) return <Loading what="the terminal" />
  // A session of requests may have opened its terminal long after it began: at first what it shows first is seen.
  const begun = (commands.data.items.find((command) => command.channel === channel)?.ms ?? 0) + FIRST_SIGHT_MS
  const from = Math.max(ms ?? named.data?.items[0]?.ms ?? 0, inDetail?.startMs ?? begun)
  return (
    <Masking masked={commands.data.masked}>
      {!inDetail && <MaskBar masked={index.data.masked} isRevealed={isRevealed} what="this recording" onReveal={setRevealed} />}
      <TerminalStage
        key={`${params.channel}/${params.idle}/${reveal}`}
        session={session}
        url={queries.terminalIndexPath(session.id, params)}
        index={index.data}
        commands={commands.data}
        clock={clock}
        startMs={session.protocol === 'ssh' ? (ms ?? named.data?.items[0]?.ms ?? 0) : from}
        isInDetail={inDetail !== undefined}
      />
    </Masking>
  )
}
