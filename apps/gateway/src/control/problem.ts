import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common'
import type { Response } from 'express'

/** A refusal in the form of RFC 9457. `type` is a stable name: clients key on it. */
export class Problem extends HttpException {
  constructor(
    status: number,
    readonly problemType: string,
    readonly detail: string,
  ) {
    super(detail, status)
  }
}

/** Answers every fault as application/problem+json, and says nothing of faults that are the gateway's own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('control')

  catch(fault: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>()
    const status = fault instanceof HttpException ? fault.getStatus() : 500
    const type = fault instanceof Problem ? fault.problemType : status === 500 ? 'internal' : 'request'
    const detail = fault instanceof HttpException ? fault.message : 'the gateway failed to answer; its log says more'
    if (status === 500) this.log.error(fault)
    response
      .status(status)
      .type('application/problem+json')
      .send({ type: `urn:hoptrace:problem:${type}`, title: type, status, detail })
  }
}
