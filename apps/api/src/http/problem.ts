import type { Problem, ProblemCode } from '../contract/index.ts'

const kinds: Record<ProblemCode, { status: number; title: string }> = {
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  NOT_AUTHENTICATED: { status: 401, title: 'Log in first' },
  NOT_AUTHORISED: { status: 403, title: 'Not allowed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  EXPIRED: { status: 410, title: 'Deleted by retention' },
  CONFLICT: { status: 409, title: 'In conflict with what is there' },
  NEEDS_BACKTEST: { status: 422, title: 'Look at what it would have paged first' },
  RULE_INVALID: { status: 422, title: 'The rule is not valid' },
  TOO_LARGE: { status: 413, title: 'Too large' },
  TOO_MANY_ATTEMPTS: { status: 429, title: 'Too many attempts' },
  IDENTITY_UNAVAILABLE: { status: 503, title: 'The identity provider cannot be reached' },
  RECORDING_UNAVAILABLE: { status: 503, title: 'This view cannot be recorded, so nothing is shown' },
  GATEWAY_UNREACHABLE: { status: 502, title: 'The gateway cannot be reached' },
  GATEWAY_REFUSED: { status: 502, title: 'The gateway refused' },
  STORE_UNAVAILABLE: { status: 503, title: 'The store cannot be reached' },
  INTERNAL: { status: 500, title: 'The server failed' },
}

/** An error with a place in the contract. `detail` is shown to the caller: never a payload or a secret. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(
    readonly code: ProblemCode,
    detail?: string,
    more: Pick<Problem, 'errors' | 'expired' | 'revision' | 'faults'> & { status?: number } = {},
  ) {
    super(detail ?? kinds[code].title)
    const { status = kinds[code].status, errors, expired, revision, faults } = more
    this.problem = {
      type: `urn:hoptrace:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title: kinds[code].title,
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(errors === undefined ? {} : { errors }),
      ...(expired === undefined ? {} : { expired }),
      ...(revision === undefined ? {} : { revision }),
      ...(faults === undefined ? {} : { faults }),
    }
  }
}

/** For what is not there, or not the viewer's to know of. */
export function notFound(what: string): ProblemError {
  return new ProblemError('NOT_FOUND', `There is no such ${what}.`)
}
