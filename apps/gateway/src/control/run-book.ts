import type { Run, RunState } from '@hoptrace/events'
import type { KnownRuns } from '../access/known-runs.ts'
import type { Minter } from '../access/mint.ts'
import type { Recordings } from '../recording/recordings.ts'
import { Problem } from './problem.ts'

export type RunView = Run & { state: RunState; openSessions: number }

/** What callers may see of runs. */
export class RunBook {
  constructor(
    private readonly runs: KnownRuns,
    private readonly recordings: Pick<Recordings, 'openSessionsOf'>,
  ) {}

  /** An operator sees every run; a run sees itself and its descendants. */
  list(caller: Minter): RunView[] {
    this.runs.expire()
    return this.runs
      .list()
      .filter(({ run }) => maySee(caller, run))
      .map(({ run }) => this.view(run.id))
  }

  /** @throws Problem 404 for a run that the caller may not see */
  show(id: string, caller: Minter): RunView {
    this.runs.expire()
    const standing = this.runs.find(id)
    if (!standing || !maySee(caller, standing.run)) throw new Problem(404, 'not-found', 'there is no such run')
    return this.view(id)
  }

  /** @throws Problem 404 when there is none */
  view(id: string): RunView {
    const standing = this.runs.find(id)
    if (!standing) throw new Problem(404, 'not-found', 'there is no such run')
    return { ...standing.run, state: standing.state, openSessions: this.recordings.openSessionsOf(id) }
  }
}

function maySee(caller: Minter, run: Run): boolean {
  return caller.kind === 'operator' || run.id === caller.run.id || run.lineage.includes(caller.run.id)
}
