import type { SessionDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import * as queries from '../../../api/queries.ts'
import { Failure, Loading } from '../../../ui/outcomes.tsx'
import { PlayerClock } from './player-clock.ts'
import { TerminalStage } from './terminal-stage.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** Loads what the stage needs before the player begins: the commands, and the index, which ties the two clocks together. */
export function TerminalReplay({ session }: { session: SessionDetail }) {
  const { channel, idle, seq, ms } = route.useSearch()
  const params = useMemo(() => ({ channel: channel ?? session.channels[0], idle }), [channel, idle, session.channels])
  const commands = useQuery(queries.commands(session.id, params))
  const index = useQuery({ ...queries.terminalIndex(session.id, params), staleTime: 60_000 })
  const isNamedBySeq = seq !== undefined && ms === undefined
  const named = useQuery({ ...queries.oneEvent(session.id, seq ?? 0), enabled: isNamedBySeq })
  const clock = useMemo(() => new PlayerClock(index.data?.clock ?? []), [index.data])

  const failed = [commands, index].find((answer) => answer.isError)
  if (failed?.error) return <Failure error={failed.error} what="terminal recording" onRetry={() => failed.refetch()} />
  if (!commands.isSuccess || !index.isSuccess || (isNamedBySeq && named.isPending)) return <Loading what="the terminal" />
  return (
    <TerminalStage
      key={`${params.channel}/${params.idle}`}
      session={session}
      url={queries.terminalIndexPath(session.id, params)}
      index={index.data}
      commands={commands.data}
      clock={clock}
      startMs={ms ?? named.data?.items[0]?.ms ?? 0}
    />
  )
}
