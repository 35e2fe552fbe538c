import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer of the api: nothing of what was asked, and nothing of what it said. */
export type Answered = { method: string; status: number; durationMs: number }

/** Tells of every answer once it was sent. */
export function answerMeter(onAnswer: (answered: Answered) => void) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const startedAt = performance.now()
    response.once('finish', () =>
      onAnswer({ method: request.method ?? '', status: response.statusCode, durationMs: performance.now() - startedAt }),
    )
    next()
  }
}
