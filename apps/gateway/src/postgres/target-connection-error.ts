import { printable } from '@hoptrace/events'
import { ScramError } from './scram.ts'
import { ConnectionClosedError } from './socket-reader.ts'

const PROBLEMS = {
  timeout: 'did not answer in time',
  closed: 'closed the connection',
  protocol: 'did not answer as PostgreSQL does',
  'no-tls': 'does not offer TLS',
  cleartext: 'asks for the password in clear: it is sent over TLS only',
  method: 'asks for an authentication method that the gateway does not speak',
  scram: 'failed to prove that it knows the credential',
  refused: 'refused the connection (is it running on this address?)',
  dns: 'has an address whose host name is not known',
  unreachable: 'cannot be reached over the network',
  tls: 'has no certificate that can be trusted',
  login: "refused the gateway's credential",
  database: 'has no such database',
  busy: 'takes no more connections',
  error: 'ended the login with an error',
} as const
export type TargetProblem = keyof typeof PROBLEMS

const NETWORK: Record<string, TargetProblem> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
}

/** Why a target could not be used. Says nothing of the credential. */
export class TargetConnectionError extends Error {
  readonly code = 'TARGET_CONNECTION_FAILED'
  readonly retryable: boolean

  constructor(
    readonly problem: TargetProblem,
    /** The target's own SQLSTATE, where it gave one. */
    readonly sqlstate: string | null = null,
    detail = '',
  ) {
    super(`the target ${PROBLEMS[problem]}${detail && ` (${detail})`}`)
    this.retryable = problem === 'timeout' || problem === 'closed' || problem === 'refused' || problem === 'busy'
  }

  /** Did the target answer and say no, rather than not answer? */
  get isRefusal(): boolean {
    return ['login', 'database', 'busy', 'error', 'cleartext', 'method', 'scram'].includes(this.problem)
  }

  static refused(sqlstate: string, text: string): TargetConnectionError {
    // The words of a refused login name the gateway's own account: its state is enough.
    if (sqlstate.startsWith('28')) return new TargetConnectionError('login', sqlstate, `SQLSTATE ${printable(sqlstate).slice(0, 5)}`)
    const problem = sqlstate === '3D000' ? 'database' : sqlstate === '53300' ? 'busy' : 'error'
    return new TargetConnectionError(problem, sqlstate, printable(text).slice(0, 200).toWellFormed())
  }

  static from(error: unknown): TargetConnectionError {
    if (error instanceof TargetConnectionError) return error
    if (error instanceof ScramError) return new TargetConnectionError('scram')
    if (error instanceof ConnectionClosedError) return new TargetConnectionError('closed')
    if (error instanceof RangeError) return new TargetConnectionError('protocol')
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const known = NETWORK[code]
    if (known) return new TargetConnectionError(known, null, code)
    return /CERT|SSL|TLS|ISSUER|VERIFY|SIGNED/.test(code)
      ? new TargetConnectionError('tls', null, code)
      : new TargetConnectionError('error', null, code)
  }
}
