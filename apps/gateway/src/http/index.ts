export type { BodySample } from './body-sampler.ts'
export { BodyTally } from './body-tally.ts'
export { hasBody } from './caller-body.ts'
export { clientNameOf, isLoopback } from './caller-origin.ts'
export { isCredentialName, type RecordedFields, recordedFields } from './credential-fields.ts'
export type {
  AnswerHead,
  AnswerPlan,
  AnswerTap,
  AskedFields,
  BinaryRecord,
  Dialect,
  HttpStream,
  OwnAnswer,
  Redaction,
  Refusal,
  SampledText,
  TargetFault,
  UpgradeTap,
} from './dialect.ts'
export { Exchange, type ExchangeOptions } from './exchange.ts'
export { ExchangeRecorder } from './exchange-recorder.ts'
export { type EventLog, FittingLog } from './fitting-log.ts'
export { endToEnd, type Field, HeaderFields } from './header-fields.ts'
export { HttpProxy, type HttpProxyOptions } from './http-proxy.ts'
export { malformedHead } from './malformed.ts'
export { MESSAGE_BYTES, MessageBudget } from './message-budget.ts'
export { observeSecret } from './observe-secret.ts'
export { answerOwn } from './own-answer.ts'
export { doubledField, type PresentedToken, presentedToken, type TokenField } from './presented-token.ts'
export { statusOf } from './refusal-status.ts'
export { type InFlight, RequestSession } from './request-session.ts'
export { RequestSessions, type Taken } from './request-sessions.ts'
export { holdsToken, type SentOptions, sentFields } from './sent-fields.ts'
export { type Arrival, StrictServer, type StrictServerOptions } from './strict-server.ts'
export { Upstreams, type UpstreamTarget } from './upstream.ts'
export { closeFrame, type Frame, type FrameListener, FrameReader, OPCODE } from './web-socket-frames.ts'
