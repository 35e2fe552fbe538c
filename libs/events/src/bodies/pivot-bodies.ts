import { z } from 'zod'
import { Truncation } from '../bytes.ts'

/** How something recorded reaches out. `forward` opens a tunnel, `jump` is a host on the way. */
export const PivotRelation = z.enum(['connect', 'jump', 'forward', 'copy', 'exec', 'fetch'])
export type PivotRelation = z.infer<typeof PivotRelation>

/** What `command` of a `pivot.named` keeps at most, in UTF-16 units. */
export const MAX_PIVOT_COMMAND = 4096
/** Pivots recorded of one statement, command or line. */
export const MAX_PIVOTS = 64

/**
 * A statement, a command or a line typed in a terminal says that it will go somewhere. That it went there is another matter.
 * Its observables, with the role `named`, are the destination's canonical forms.
 */
export const PivotNamed = z.object({
  /** seq of the event that says so: `sql.statement`, `ssh.exec`, `kubernetes.exec`, or the `terminal.input` that ended the line. */
  event: z.int().nonnegative(),
  /** JSON pointer (RFC 6901) into that event's body, `/text`, `/command`; empty for a line, which stands in many inputs. */
  at: z.string().max(256),
  /** The program, `ssh`, `psql`, `kubectl`; in SQL `server`, `user-mapping`, `dblink`, `subscription`. */
  tool: z.string().max(64),
  relation: PivotRelation,
  host: z.string().max(1024).nullable(),
  port: z.int().nullable(),
  account: z.string().max(256).nullable(),
  /** What is reached there: a database, a container, `namespace/pod`, a context's name. */
  object: z.string().max(1024).nullable(),
  /** Host on which the command itself runs, as it says: the last `ssh` around it. Null: where it was given. */
  on: z.string().max(1024).nullable(),
  /** The command line, or the part of a statement's text around the destination. */
  command: z.string().max(MAX_PIVOT_COMMAND),
  /** Of `command`, in UTF-16 units. */
  truncated: Truncation.optional(),
  /** Where the destination stands in `command`, in UTF-16 units; null where quoting hides it. */
  offset: z.int().nonnegative().nullable(),
})
