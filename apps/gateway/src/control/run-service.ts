import type { Presented } from '../access/access-control.ts'
import type { RunView } from './run-book.ts'

/** Of the RunService among the providers. */
export const RUN_SERVICE = Symbol('RunService')

/** What callers may do with runs, whichever gateway they ask: over HTTP or SSH. Every method throws a Problem for what it refuses. */
export interface RunService {
  start(body: unknown, presented: Presented): Promise<{ run: unknown; token: string }>
  /** Ids of the runs that were live. Once it resolves, every gateway has heard of it or denies. */
  revoke(id: string, reason: string, presented: Presented): Promise<string[]>
  list(presented: Presented): Promise<RunView[]>
  show(id: string, presented: Presented): Promise<RunView>
}
