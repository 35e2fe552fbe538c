import { Catch, type RpcExceptionFilter } from '@nestjs/common'
import { type Observable, throwError } from 'rxjs'

/**
 * Hands what a handler of batches threw to the transport as it is. Without it the framework logs the error itself, at
 * each redelivery, and what reaches the transport's notices says no more than "Internal server error".
 */
@Catch()
export class BatchExceptionFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception)
  }
}
