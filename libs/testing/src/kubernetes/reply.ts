import type { ServerResponse } from 'node:http'

/** What a plain request is answered with. */
export type Reply =
  | { kind: 'document'; status: number; contentType: string; body: string | Buffer }
  /** It writes its own head, and goes on as long as it likes. */
  | { kind: 'stream'; serve(response: ServerResponse): void }

export function documentReply(status: number, document: object, contentType = 'application/json'): Reply {
  return { kind: 'document', status, contentType, body: JSON.stringify(document) }
}

export function textReply(body: string): Reply {
  return { kind: 'document', status: 200, contentType: 'text/plain', body }
}
