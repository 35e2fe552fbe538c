import { z } from 'zod'
import { Bytes, Truncation } from '../bytes.ts'

export const Channel = z.int().nonnegative()
/**
 * Where the search for observables in `data` stopped, in bytes. Said once: nothing more of the same answer is searched,
 * nor, when all that one session may cost is spent, anything more of the session.
 */
export const Search = z.object({ truncated: Truncation }).optional()
export const TerminalOutput = z.object({ channel: Channel, stream: z.enum(['stdout', 'stderr']), data: Bytes, search: Search })
export const TerminalInput = z.object({ channel: Channel, data: Bytes, isEchoed: z.boolean(), search: Search })
export const TerminalResize = z.object({ channel: Channel, cols: z.int(), rows: z.int() })
/** A mark that the recording itself carries (asciicast `m`). */
export const TerminalMarker = z.object({ channel: Channel, label: z.string() })
