import { bodies, Observable, type SessionEvent } from '@hoptrace/events'
import { z } from 'zod'

const place = { seq: z.int(), elapsedUs: z.number(), ts: z.string(), observables: z.array(Observable) }

// Headers and bodies are most of what is recorded of a request, and no line tells them.
const askedBody = { body: true, headers: true, withheldHeaders: true } as const
export const ToldRequest = z.discriminatedUnion('type', [
  z.object({ ...place, type: z.literal('http.request'), body: bodies['http.request'].omit(askedBody) }),
  z.object({ ...place, type: z.literal('kubernetes.request'), body: bodies['kubernetes.request'].omit(askedBody) }),
])
/** What a line tells of a request. Every such event is one. */
export type ToldRequest = z.infer<typeof ToldRequest>

export const ToldPart = z.discriminatedUnion('type', [
  z.object({ ...place, type: z.literal('http.response'), body: bodies['http.response'].omit(askedBody) }),
  z.object({ ...place, type: z.literal('http.ended'), body: bodies['http.ended'] }),
  z.object({ ...place, type: z.literal('tool.call'), body: bodies['tool.call'].omit({ arguments: true }) }),
  z.object({ ...place, type: z.literal('tool.result'), body: bodies['tool.result'].omit({ result: true }) }),
  z.object({ ...place, type: z.literal('kubernetes.exec'), body: bodies['kubernetes.exec'] }),
  z.object({ ...place, type: z.literal('kubernetes.exit'), body: bodies['kubernetes.exit'] }),
])
/** What a line tells of what belongs to a request. */
export type ToldPart = z.infer<typeof ToldPart>
export type ToldPartOf<T extends ToldPart['type']> = Extract<ToldPart, { type: T }>

/** Members of bodies that are not read for a line. */
export const LEFT_OUT = ['body', 'headers', 'withheldHeaders', 'arguments', 'result']

/** For the masking of events: it looks at what members there are. */
export function asEvent(told: ToldRequest | ToldPart): SessionEvent {
  return told as unknown as SessionEvent
}
