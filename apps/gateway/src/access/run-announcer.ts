import { Observer } from '@hoptrace/events'
import type { Recordings } from '../recording/recordings.ts'
import type { Run } from './run-log.ts'
import type { RunRegistry } from './run-registry.ts'

/**
 * Tells the recordings what becomes of runs, and ends the sessions of those that end.
 * Live runs are announced anew at each boot: a run minted just before a crash may have missed its event.
 */
export function announceRuns(runs: RunRegistry, recordings: Recordings): void {
  for (const { run, state } of runs.list()) if (state === 'live') started(recordings, run)
  runs.listen({
    onMinted: (run) => started(recordings, run),
    onRevoked: (revoked, by, reason) => {
      recordings.stopRuns(new Set(revoked.map((run) => run.id)), { reason: 'revoked', message: 'the run was revoked' })
      for (const run of revoked) recordings.note('run.revoked', { runId: run.id, by, reason })
    },
    onExpired: (run) => {
      recordings.stopRuns(new Set([run.id]), { reason: 'expired', message: 'the run has expired' })
      recordings.note('run.expired', { runId: run.id })
    },
  })
}

function started(recordings: Recordings, run: Run): void {
  const { id, startedAt: _, ...rest } = run
  // A value that the task itself named was not learned on the way: the correlator must know it.
  const found = new Observer(recordings.digestKey).text(run.task, 'asked', '/task').result()
  recordings.note('run.started', { runId: id, ...rest }, found)
}
