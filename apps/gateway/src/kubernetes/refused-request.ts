import { BodyTally, type ExchangeOptions, ExchangeRecorder, type Refusal } from '../http/index.ts'
import type { KubernetesDialect } from './kubernetes-dialect.ts'

/** What is recorded of a request, whether or not it goes on. */
export type RecordedRequest = Pick<ExchangeOptions, 'session' | 'asked' | 'credentials' | 'nowUs'> & { dialect: KubernetesDialect }

/** Puts a request on record that is refused though its run may ask for it, and that refusal. */
export function recordRefused({ session, dialect, asked, credentials, nowUs }: RecordedRequest, { detail }: Refusal): void {
  const nothing = { tally: new BodyTally(), isWhole: true }
  const recorder = new ExchangeRecorder(session.log, dialect, { toTarget: nothing, toCaller: nothing }, nowUs())
  recorder.appendRequest(asked, credentials, null, nowUs())
  dialect.refused(session.log, recorder.request)
  recorder.appendResponse({ sample: null, hasBody: false, refused: detail }, { isComplete: false, message: detail }, nowUs())
}
