import type { EventBody, SessionEvent } from '@hoptrace/events'

/** One word on how it went, and whether that is a failure. */
export type Outcome = { outcome: string; isFailure: boolean }

const NOTHING: Outcome = { outcome: '', isFailure: false }

export function outcomeOf(event: SessionEvent): Outcome {
  const { type, body } = event
  switch (type) {
    case 'access.decided':
      return body.decision === 'allow' ? { outcome: 'allow', isFailure: false } : failure(body.reason ?? body.decision)
    case 'session.ended':
      return { outcome: body.reason, isFailure: false }
    case 'sql.result':
      return body.error ? failure(body.error.sqlstate.slice(0, 5)) : NOTHING
    case 'ssh.exit':
      return exitOutcome(body.status, body.signal)
    case 'ssh.forward':
      return { outcome: body.phase, isFailure: body.phase === 'refused' }
    case 'ssh.subsystem':
      return body.isAccepted ? NOTHING : failure('refused')
    case 'file.transfer':
      return body.isComplete ? NOTHING : failure('incomplete')
    case 'http.response':
      return answerOutcome(body)
    case 'tool.result':
      return body.isError ? failure('error') : NOTHING
    case 'kubernetes.exit':
      return exitOutcome(body.exitCode, null)
    case 'kubernetes.forward':
      return { outcome: body.phase, isFailure: body.phase === 'refused' }
    case 'recording.gap':
      return failure(body.reason)
    default:
      return NOTHING
  }
}

function failure(outcome: string): Outcome {
  return { outcome, isFailure: true }
}

function answerOutcome({ status, refused }: EventBody<'http.response'>): Outcome {
  if (status === null) return failure(refused === null ? 'unanswered' : 'refused')
  return { outcome: String(status), isFailure: status >= 400 || refused !== null }
}

function exitOutcome(status: number | null, signal: string | null): Outcome {
  if (signal !== null) return failure('signal')
  return { outcome: status === null ? '' : String(status), isFailure: status !== null && status !== 0 }
}
