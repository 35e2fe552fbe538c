import type { AlertActionRequest, AlertDetail } from '@hoptrace/api'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'

/** `overtaken`: another acted first, and nothing of this was done. */
export type ActOutcome = { kind: 'done' } | { kind: 'overtaken' } | { kind: 'failed'; message: string }
export type AlertAct = (id: string, action: AlertActionRequest) => Promise<ActOutcome>

/** Acts on an alert as it was seen: the revision goes with it, and who was slower is told so. */
export function useAlertAct(): AlertAct {
  const client = useQueryClient()
  return useCallback(
    async (id, action) => {
      const outcome = await postJson<AlertDetail>(apiPath(['alerts', id, 'actions']), action).then(
        () => ({ kind: 'done' as const }),
        outcomeOf,
      )
      await client.invalidateQueries({ predicate: ({ queryKey }) => ['alerts', 'triage', 'chains'].includes(String(queryKey[0])) })
      return outcome
    },
    [client],
  )
}

function outcomeOf(error: unknown): ActOutcome {
  if (error instanceof ApiProblem && error.problem.status === 409) return { kind: 'overtaken' }
  return { kind: 'failed', message: error instanceof Error ? error.message : 'The request failed' }
}
