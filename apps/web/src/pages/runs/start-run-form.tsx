import type { StartedRun, StartRunRequest, TargetInfo } from '@hoptrace/api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import * as queries from '../../api/queries.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { GrantChoice } from './grant-choice.tsx'

const LIVES = [
  { seconds: 900, name: '15 minutes' },
  { seconds: 3600, name: '1 hour' },
  { seconds: 8 * 3600, name: '8 hours' },
  { seconds: 86_400, name: '1 day' },
] as const

type StartRunFormProps = { onStarted: (started: StartedRun) => void; onCancel: () => void }

/** Who, for what, how long, and what it may reach: nothing that is not ticked. */
export function StartRunForm({ onStarted, onCancel }: StartRunFormProps) {
  const targets = useQuery(queries.targets())
  if (targets.isPending) return <Loading what="the targets" />
  if (targets.isError) return <Failure error={targets.error} what="targets" onRetry={() => targets.refetch()} />
  return <LoadedForm targets={targets.data.items} onStarted={onStarted} onCancel={onCancel} />
}

function LoadedForm({ targets, onStarted, onCancel }: StartRunFormProps & { targets: readonly TargetInfo[] }) {
  const client = useQueryClient()
  const [request, setRequest] = useState<StartRunRequest>({ principal: '', task: '', grants: [], ttlSeconds: 3600 })
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const set = (change: Partial<StartRunRequest>) => setRequest((before) => ({ ...before, ...change }))
  const start = (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    postJson<StartedRun>(apiPath(['runs']), request)
      .then((started) => {
        onStarted(started)
        return client.invalidateQueries({ predicate: ({ queryKey }) => ['runs', 'triage'].includes(String(queryKey[0])) })
      })
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setBusy(false))
  }
  return (
    <form className="start-run" onSubmit={start}>
      <label>
        Principal
        <input
          className="input"
          required
          maxLength={256}
          autoComplete="off"
          value={request.principal}
          onChange={(event) => set({ principal: event.target.value })}
        />
      </label>
      <label>
        Task
        <input className="input" maxLength={4096} value={request.task} onChange={(event) => set({ task: event.target.value })} />
      </label>
      <label>
        Ends by itself after
        <select className="input" value={request.ttlSeconds} onChange={(event) => set({ ttlSeconds: Number(event.target.value) })}>
          {LIVES.map(({ seconds, name }) => (
            <option key={seconds} value={seconds}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <GrantChoice targets={targets} grants={request.grants} onChange={(grants) => set({ grants })} />
      {problem !== null && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <p className="row end">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button
          type="submit"
          className="button primary"
          disabled={isBusy || request.principal.trim() === '' || request.grants.length === 0}
        >
          Start the run
        </button>
      </p>
    </form>
  )
}
