import type { RevokedRuns, RunSummary } from '@hoptrace/api'
import { useQueryClient } from '@tanstack/react-query'
import { apiPath, postJson } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { plainRecorded } from '../../format/recorded.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Recorded } from '../../ui/recorded.tsx'

/** Ends a run, and every run it delegated to, at once. */
export function Revoke({ run }: { run: RunSummary }) {
  const client = useQueryClient()
  const mayRevoke = useMay('respond')
  const revoke = async (reason: string) => {
    await postJson<RevokedRuns>(apiPath(['runs', run.id, 'revoke']), { reason })
    await client.invalidateQueries({ predicate: ({ queryKey }) => ['runs', 'triage', 'sessions'].includes(String(queryKey[0])) })
  }
  if (!mayRevoke) return <DeniedAction label="Revoke" right="respond" />
  return (
    <Confirm
      trigger="Revoke"
      triggerLabel={`Revoke the run of ${plainRecorded(run.principal, 60)}`}
      title="Revoke this run?"
      reasonLabel="Reason, for the record"
      action="Revoke and end its sessions"
      onConfirm={revoke}
    >
      <p>
        <Recorded text={run.principal} limit={120} />
        {run.openSessions !== null && ` has ${plural(run.openSessions, 'open session')}`}. What is open ends at once, here and in every run
        that it delegated to. This cannot be undone.
      </p>
    </Confirm>
  )
}
