import type { EventBody, HttpBody } from '@hoptrace/events'
import { aDigest, anObserver, type SessionBuilder } from './session-builder.ts'

type Headers = [string, string][]
type Completion = NonNullable<EventBody<'http.response'>['end']>

/** What differs from one exchange to the next. Times in milliseconds. */
export type Answer = {
  status: number | null
  headers?: Headers
  withheldHeaders?: string[]
  body?: HttpBody | null
  /** Until the answer's head. */
  tookMs?: number
  refused?: string
  redirect?: { to: string; isElsewhere: boolean }
  stream?: EventBody<'http.response'>['stream']
  /** Null where it goes on; `http.ended` follows. */
  end?: Partial<Completion> | null
  /** Bytes on the wire; default those of the body. */
  bytes?: number
}

export type Asked = EventBody<'http.request'>

/** The parts of a request that most share. */
export function askedOf(method: string, path: string, { headers = [], withheldHeaders = ['authorization'], body = null }: Partial<Asked>) {
  return { method, path, headers, withheldHeaders, from: '192.0.2.7:40122', httpVersion: '1.1', body }
}

export function bytesOf(body: HttpBody | null | undefined): number {
  if (!body?.data) return 0
  if (body.truncated) return body.truncated.total
  return 'utf8' in body.data ? Buffer.byteLength(body.data.utf8) : Buffer.byteLength(body.data.base64, 'base64')
}

/** What was said in a body, digested as capture does. */
export function observedIn(body: HttpBody | null, role: 'asked' | 'answered', more: readonly { text: string; at: string }[] = []) {
  const observer = anObserver()
  for (const { text, at } of more) observer.text(text, role, at)
  if (body?.data && 'utf8' in body.data) observer.text(body.data.utf8, role, '/body/data/utf8')
  return observer
}

/** Answers a request. @returns seq of the `http.response` */
export function answer(session: SessionBuilder, request: number, asked: HttpBody | null, given: Answer): number {
  const { status, headers = [], withheldHeaders = [], body = null, tookMs = 12, refused = null, redirect, stream, end = {} } = given
  session.after(tookMs)
  const durationUs = Math.round(tookMs * 1000)
  const completion = end && { ...completionOf(durationUs + 400, asked, given.bytes ?? bytesOf(body)), ...end }
  const more = { ...(redirect ? { redirect } : {}), ...(stream ? { stream } : {}), ...(completion ? { end: completion } : {}) }
  const told = { request, status, headers, withheldHeaders, body, durationUs, refused, ...more }
  return session.add('http.response', told, observedIn(body, 'answered').result())
}

export function completionOf(durationUs: number, asked: HttpBody | null, bytesToCaller: number): Completion {
  return {
    durationUs,
    bytesToTarget: bytesOf(asked),
    sha256ToTarget: asked === null ? null : aDigest('a'),
    bytesToCaller,
    sha256ToCaller: bytesToCaller === 0 ? null : aDigest('c'),
    isComplete: true,
    message: null,
  }
}
