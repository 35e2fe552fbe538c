import type { Run } from '@hoptrace/events'
import { Observer } from '@hoptrace/events'
import type { Recordings } from '../recording/recordings.ts'
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
      stopEnded(
        recordings,
        revoked.map((run) => run.id),
        'revoked',
      )
      for (const run of revoked) recordings.note('run.revoked', { runId: run.id, by, reason })
    },
    onExpired: (run) => {
      stopEnded(recordings, [run.id], 'expired')
      recordings.note('run.expired', { runId: run.id })
    },
    // Who ended them has it on record.
    onEndedElsewhere: (ended) =>
      stopEnded(
        recordings,
        ended.map((run) => run.id),
        'revoked',
      ),
  })
}

/** Ends the open sessions of runs that have ended. */
export function stopEnded(recordings: Recordings, runs: readonly string[], state: 'expired' | 'revoked'): void {
  const message = state === 'revoked' ? 'the run was revoked' : 'the run has expired'
  recordings.stopRuns(new Set(runs), { reason: state, message })
}

function started(recordings: Recordings, run: Run): void {
  const { id, startedAt: _, ...rest } = run
  // A value that the task itself named was not learned on the way: the correlator must know it.
  const found = new Observer(recordings.digestKey).text(run.task, 'asked', '/task').result()
  recordings.note('run.started', { runId: id, ...rest }, found)
}
