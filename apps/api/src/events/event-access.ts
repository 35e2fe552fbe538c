import { demand } from '../auth/access.ts'
import type { Me } from '../contract/index.ts'

/**
 * Who viewed what stands in the api's own streams, which are an auditor's to read; what was recorded of others is not. A stream
 * that holds both asks for both: or whoever can add an event to a session could change who may read it.
 * @param types of the events that the stream holds
 * @throws ProblemError NOT_AUTHORISED
 */
export function demandStream(me: Me, types: readonly { type: string }[]): void {
  const isView = ({ type }: { type: string }) => type === 'recording.viewed'
  if (types.some(isView)) demand(me, 'audit', 'This stream')
  if (!types.every(isView)) demand(me, 'content', 'What was recorded')
}
