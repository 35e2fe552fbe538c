import type { EventBody } from './bodies.ts'
import { type Bytes, textOf } from './bytes.ts'
import { canonicalAddress, canonicalHost } from './canonical-value.ts'
import type { FoundObservables } from './chain.ts'
import type { DigestKey } from './digest.ts'
import type { ObservableRole } from './observable.ts'
import { observeHttpMessage, observeHttpRequest, observeHttpResponse, observeKubernetesRequest } from './observe-http.ts'
import { observePivot } from './observe-pivot.ts'
import { Observer } from './observer.ts'
import type { SessionEvent } from './session-event.ts'
import { traceIdOf } from './trace-context.ts'

/**
 * The observables of an event that whoever recorded it did not digest: what its recorded text holds.
 * A gateway that digests at capture finds more: what was presented to it, and lines typed over several events.
 * Nothing is looked for in an event of an unknown type: where its answers stand is not known.
 */
export function observeEvent(key: DigestKey, event: SessionEvent): FoundObservables {
  const observer = new Observer(key)
  const { type, body } = event
  switch (type) {
    case 'session.started':
      observeTarget(observer, event.target?.address, '')
      break
    case 'access.decided':
      observeNames(observer, [body.asked.target], '/asked/target')
      observeTarget(observer, event.target?.address, '/asked/target')
      break
    case 'run.started':
      observer.text(body.task, 'asked', '/task')
      break
    case 'sql.statement':
      observeStatement(observer, body)
      break
    case 'sql.result':
      observeSample(observer, body.sample)
      break
    case 'sql.notice':
      if (body.data) observeBytes(observer, body.data, 'asked')
      break
    case 'ssh.exec':
      observer.text(body.command ?? '', 'asked', '/command')
      break
    case 'ssh.env':
      observeVariable(observer, body)
      break
    case 'ssh.forward':
      observer.text(body.host, 'asked', '/host')
      break
    case 'pivot.named':
      observePivot(observer, body)
      break
    case 'terminal.output':
      observeBytes(observer, body.data, 'answered')
      break
    case 'terminal.input':
      if (body.isEchoed) observeBytes(observer, body.data, 'asked')
      else observeSecret(observer, body.data)
      break
    default:
      observeExchange(observer, event)
  }
  return observer.result()
}

// What came over HTTP, the Kubernetes API among it.
function observeExchange(observer: Observer, { type, body }: SessionEvent): void {
  switch (type) {
    case 'http.request':
      observeHttpRequest(observer, body, body.host)
      break
    case 'kubernetes.request':
      observeKubernetesRequest(observer, body)
      break
    case 'http.response':
      observeHttpResponse(observer, body)
      break
    case 'http.message':
      observeHttpMessage(observer, body)
      break
    case 'kubernetes.exec':
      observer.pod(body.namespace, body.pod, 'target', '/pod')
      for (const [n, argument] of body.command.entries()) observer.text(argument, 'asked', `/command/${n}`)
      break
    case 'kubernetes.forward':
      observer.pod(body.namespace, body.pod, 'target', '/pod')
      break
    case 'tool.call':
      observer.json(body.arguments, 'asked', '/arguments')
      break
    case 'tool.result':
      observer.json(body.result, 'answered', '/result')
      break
  }
}

function observeStatement(observer: Observer, { text, tail, params }: EventBody<'sql.statement'>): void {
  observer.text(text, 'asked', '/text')
  if (tail !== undefined) observer.text(tail, 'asked', '/tail')
  for (const [n, { value, encoding }] of params.entries()) {
    if (value !== null && encoding === 'text') observer.cell(value, 'asked', `/params/${n}/value`)
  }
}

function observeSample(observer: Observer, sample: EventBody<'sql.result'>['sample']): void {
  for (const [row, cells] of sample.entries()) {
    for (const [column, cell] of cells.entries()) if (cell !== null) observer.cell(cell, 'answered', `/sample/${row}/${column}`)
  }
}

function observeBytes(observer: Observer, data: Bytes, role: ObservableRole): void {
  observer.text(textOf(data), role, 'utf8' in data ? '/data/utf8' : '')
}

// Typed while nothing was echoed: a password, most often. Its line end is none of it.
function observeSecret(observer: Observer, data: Bytes): void {
  const typed = textOf(data).replace(/[\r\n]+$/, '')
  if (typed.length >= MIN_TYPED_SECRET) observer.presented(typed)
}

/** Shorter input is single keys: a digest of those links everything to everything. */
const MIN_TYPED_SECRET = 4

/** Of the variables that a session is given, the trace that it belongs to. */
export function observeVariable(observer: Observer, { name, value }: Pick<EventBody<'ssh.env'>, 'name' | 'value'>): Observer {
  const trace = name.toUpperCase() === 'TRACEPARENT' ? traceIdOf(value.trim()) : null
  return trace === null ? observer : observer.add({ kind: 'trace', canonical: trace, offset: 0 }, 'asked', '/value')
}

function observeTarget(observer: Observer, address: string | undefined, at: string): void {
  if (address !== undefined) observeNames(observer, [address.slice(0, address.lastIndexOf(':'))], at)
}

function observeNames(observer: Observer, names: readonly string[], at: string): void {
  for (const name of names) {
    const address = canonicalAddress(name)
    const host = address ? null : canonicalHost(name)
    if (address) observer.add({ kind: 'address', canonical: address, offset: 0 }, 'target', at)
    if (host) observer.add({ kind: 'host', canonical: host, offset: 0 }, 'target', at)
  }
}
