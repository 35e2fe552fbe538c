import { STATUS_CODES } from 'node:http'
import { decodeBytes, type EventBody, type EventOf, type HttpBody, WITHHELD_NOTE } from '@hoptrace/events'
import { instant } from './instant.ts'

/** A request with its answer and its end, as far as they were recorded. */
export type HarExchange = {
  asked: EventOf<'http.request'> | EventOf<'kubernetes.request'>
  answered: EventOf<'http.response'> | null
  end: EventBody<'http.response'>['end'] | null
  /** Did the caller speak TLS? */
  isTls: boolean
}

type Headers = readonly (readonly [string, string])[]

/** One entry of an HTTP Archive (1.2). Times in milliseconds; -1 where the archive has no number for what is not known. */
export function harEntry(exchange: HarExchange) {
  const { asked, answered, end } = exchange
  const waitMs = answered ? answered.body.durationUs / 1000 : 0
  const time = end ? end.durationUs / 1000 : waitMs
  return {
    startedDateTime: instant(asked.ts),
    time,
    request: requestOf(exchange),
    response: responseOf(exchange),
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: waitMs, receive: Math.max(0, time - waitMs) },
    comment: commentOf(exchange),
    // The archive's own way to add members.
    _seq: asked.seq,
    ...(answered ? { _answerSeq: answered.seq } : {}),
    ...(asked.type === 'kubernetes.request' ? { _kubernetes: whereOf(asked.body) } : {}),
    ...(end ? { _sha256ToTarget: end.sha256ToTarget, _sha256ToCaller: end.sha256ToCaller } : {}),
  }
}

function requestOf({ asked, end, isTls }: HarExchange) {
  const { method, path, headers, withheldHeaders, body } = asked.body
  const host = asked.type === 'http.request' ? asked.body.host : (asked.target?.address ?? '')
  return {
    method,
    url: `${isTls ? 'https' : 'http'}://${host}${path}`,
    httpVersion: `HTTP/${asked.body.httpVersion || '1.1'}`,
    cookies: [],
    headers: headersOf(headers, withheldHeaders),
    queryString: [...new URLSearchParams(path.slice(path.indexOf('?') + 1 || path.length))].map(([name, value]) => ({ name, value })),
    ...(body ? { postData: { mimeType: body.mediaType ?? '', text: textOf(body), params: [], ...commented(body) } } : {}),
    headersSize: -1,
    bodySize: end ? end.bytesToTarget : -1,
  }
}

function responseOf({ answered, end }: HarExchange) {
  const body = answered?.body
  const status = body?.status ?? 0
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    httpVersion: '',
    cookies: [],
    headers: headersOf(body?.headers ?? [], body?.withheldHeaders ?? []),
    content: contentOf(body?.body ?? null, end?.bytesToCaller ?? 0),
    redirectURL: body?.redirect?.to ?? '',
    headersSize: -1,
    bodySize: end ? end.bytesToCaller : -1,
  }
}

function contentOf(body: HttpBody | null, size: number) {
  if (!body) return { size, mimeType: '' }
  const { data, mediaType } = body
  const isText = data !== undefined && 'utf8' in data
  return {
    size: body.truncated?.total ?? (data === undefined ? size : decodeBytes(data).length),
    mimeType: mediaType ?? '',
    ...(data === undefined ? {} : isText ? { text: data.utf8 } : { text: data.base64, encoding: 'base64' }),
    ...commented(body),
  }
}

// A request's body has no encoding in the archive: bytes that are no text are told as far as they are.
function textOf({ data }: HttpBody): string {
  return data === undefined ? '' : decodeBytes(data).toString('utf8')
}

function commented({ data, truncated, withheld = [] }: HttpBody): { comment?: string } {
  const notes = [
    ...(data === undefined ? ['not textual: only its digest was recorded'] : []),
    ...(truncated ? [`the first ${truncated.kept} of ${truncated.total} bytes`] : []),
    ...(withheld.length > 0 ? [`withheld: ${withheld.join(', ')}`] : []),
  ]
  return notes.length === 0 ? {} : { comment: notes.join('; ') }
}

function headersOf(headers: Headers, withheld: readonly string[]) {
  const told = headers.map(([name, value]) => ({ name, value }))
  return [...told, ...withheld.map((name) => ({ name, value: WITHHELD_NOTE, comment: 'its digest is kept' }))]
}

function commentOf({ answered, end }: HarExchange): string {
  if (!answered) return 'no answer was recorded'
  const { status, refused, stream } = answered.body
  const notes = [
    ...(status === null ? ['the target never answered'] : []),
    ...(refused === null ? [] : [`answered by the gateway: ${refused}`]),
    ...(stream === undefined ? [] : [`stream: ${stream}`]),
    ...(end ? [] : ['its end was not recorded']),
    ...(end && !end.isComplete ? [`not whole: ${end.message ?? 'cut short'}`] : []),
  ]
  return notes.join('; ')
}

function whereOf({ verb, group, version, resource, subresource, namespace, name }: EventBody<'kubernetes.request'>) {
  return { verb, group, version, resource, subresource, namespace, name }
}
