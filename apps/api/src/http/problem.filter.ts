import type { ServerResponse } from 'node:http'
import { StoreClosedError, StoreQueryError } from '@hoptrace/store'
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common'
import type { ProblemCode } from '../contract/index.ts'
import { ProblemError } from './problem.ts'

const codes: Record<number, ProblemCode> = {
  400: 'INVALID_REQUEST',
  401: 'NOT_AUTHENTICATED',
  403: 'NOT_AUTHORISED',
  404: 'NOT_FOUND',
  405: 'INVALID_REQUEST',
  413: 'TOO_LARGE',
  415: 'INVALID_REQUEST',
}

/** Answers every error as problem+json (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('api')

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>()
    const { problem } = this.asProblem(error)
    if (response.headersSent) {
      // Half an answer must not look whole: break the connection.
      response.destroy()
      return
    }
    response.removeHeader('content-disposition')
    response.writeHead(problem.status, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify(problem))
  }

  private asProblem(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error
    const status = statusOf(error)
    const code = status === undefined ? undefined : codes[status]
    if (status !== undefined && code) return new ProblemError(code, undefined, { status })
    this.log.error(error)
    return new ProblemError(isPassing(error) ? 'STORE_UNAVAILABLE' : 'INTERNAL')
  }
}

// Nest's own exceptions, and those of the body parser.
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus()
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status
  return undefined
}

function isPassing(error: unknown): boolean {
  return error instanceof StoreClosedError || (error instanceof StoreQueryError && error.retryable)
}
