import type { DenyReason } from '@hoptrace/events'
import { type OwnAnswer, type Refusal, statusOf } from '../http/index.ts'

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [413, 'RequestEntityTooLarge'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
])

/**
 * The gateway's own answer as the API server's clients expect one: `Status` (meta/v1), whose message kubectl prints. Of
 * an answer to discovery client-go reads no Status, but shows plain text.
 */
export function statusAnswer({ status, reason, detail }: Refusal, isDiscovery = false): OwnAnswer {
  if (isDiscovery) return { mediaType: 'text/plain; charset=utf-8', body: `Hoptrace: ${detail}\n` }
  return { mediaType: 'application/json', body: `${JSON.stringify(failure(status, reason, detail))}\n` }
}

/**
 * The status that tells a denial. A run that has ended is known, and may not: of 401 kubectl would say that one must log
 * in, and of 404 that there is no such resource, and not why.
 */
export function denialStatus(reason: DenyReason): number {
  return reason === 'expired' || reason === 'revoked' || reason === 'unknown-target' ? 403 : statusOf(reason)
}

/** @param cause stable, for programs */
export function failure(code: number, cause: string, detail: string): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Hoptrace: ${detail}`,
    reason: REASONS.get(code) ?? 'InternalError',
    details: { causes: [{ reason: cause, message: detail }] },
    code,
  }
}
