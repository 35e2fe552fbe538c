import type { RequestInfo } from '@hoptrace/events'
import { type HeaderFields, holdsToken, type RecordedFields, recordedFields, type SentOptions, sentFields } from '../http/index.ts'
import { sentHeaders, tokenAmong } from './sent-headers.ts'

/** The header fields of a request as they are recorded: without the run token, and without a token among subprotocols. */
export function recordedHeaders(fields: HeaderFields, token: string | null): RecordedFields {
  const hidden = fields.list.flatMap(([name, value]) => (name === 'sec-websocket-protocol' ? (tokenAmong(value) ?? []) : []))
  const recorded = recordedFields(fields, (field) => {
    return holdsToken(field, token) || (field[0] === 'sec-websocket-protocol' && tokenAmong(field[1]) !== null)
  })
  return { ...recorded, credentials: [...recorded.credentials, ...hidden.filter((secret) => secret !== token)] }
}

/** The same as they go to the target, with its own credential. */
export function headersToSend(info: RequestInfo, fields: HeaderFields, options: SentOptions): string[] {
  return sentHeaders(info, sentFields(fields, options))
}
