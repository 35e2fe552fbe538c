import type { OwnAnswer, Refusal } from './dialect.ts'

const TITLES: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [413, 'Content Too Large'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
])

export function titleOf(status: number): string {
  return TITLES.get(status) ?? 'Error'
}

/** A refusal in the form of RFC 9457. Clients key on `reason`. */
export function problemAnswer({ status, reason, detail }: Refusal): OwnAnswer {
  const problem = { type: `urn:hoptrace:problem:${reason}`, title: titleOf(status), status, detail, reason }
  return { mediaType: 'application/problem+json', body: `${JSON.stringify(problem)}\n` }
}
