import { type EventBody, observeHttpRequest, observeHttpResponse, observeKubernetesRequest } from '@hoptrace/events'
import { presentedSecrets } from '@hoptrace/shell'
import type { Act, Session } from '../generate/plan.ts'
import type { PivotRecorder } from './record-pivots.ts'
import { anObserver, type Stream } from './recording-session.ts'

/** Where the two sides of an act stand: seqs of the events that hold what was asked, and what was answered. */
export type Recorded = { asked: number[]; answered: number[] }

/** Answers come so long after what was asked. */
const ANSWER_US = 40_000

/** Records one act as a gateway does: what was asked, then what was answered, with the values in both. */
export function recordAct(stream: Stream, session: Session, act: Act, pivots: PivotRecorder): Recorded {
  switch (act.kind) {
    case 'sql':
      return recordSql(stream, act, pivots)
    case 'exec':
      return recordExec(stream, act, pivots)
    case 'http':
      return recordHttp(stream, session, act)
    case 'kubernetes':
      return recordKubernetes(stream, act)
    case 'tool':
      return recordTool(stream, session, act)
    case 'container':
      return recordContainer(stream, act, pivots)
  }
}

type Of<K extends Act['kind']> = Extract<Act, { kind: K }>

function recordSql(stream: Stream, { text, cells, rows, atUs }: Of<'sql'>, pivots: PivotRecorder): Recorded {
  const kind = text.split(' ')[0] ?? ''
  const plain = { prepared: null, params: [], tables: [] }
  const asked = stream.append(
    'sql.statement',
    { ...plain, mode: 'simple', transaction: 'idle', text, kind },
    atUs,
    anObserver().text(text, 'asked', '/text'),
  )
  const named = pivots.ofStatement(stream, text, asked, atUs)
  const observer = anObserver()
  for (const [row, line] of cells.entries()) {
    for (const [column, cell] of line.entries()) observer.cell(cell, 'answered', `/sample/${row}/${column}`)
  }
  const columns = (cells[0] ?? []).map((_, n) => ({ name: `c${n}`, oid: 25, type: 'text' }))
  const numbers = { index: 0, tag: `${kind} ${rows}`, rows, bytes: rows * 80, durationUs: ANSWER_US }
  const body = { ...numbers, statement: asked, error: null, columns, sample: cells, transaction: 'idle' as const }
  const answered = stream.append('sql.result', body, atUs + ANSWER_US, observer)
  return { asked: [asked, ...named], answered: [answered] }
}

function recordExec(stream: Stream, { command, output, status, atUs }: Of<'exec'>, pivots: PivotRecorder): Recorded {
  const observer = anObserver()
  for (const { secret, offset } of presentedSecrets(command)) {
    observer.add({ kind: 'credential', canonical: secret, offset }, 'presented', '/command')
  }
  observer.text(command, 'asked', '/command')
  const asked = stream.append('ssh.exec', { channel: 0, command, pty: null }, atUs, observer)
  const named = pivots.ofCommand(stream, command, { event: asked, at: '/command' }, atUs)
  const answered = recordOutput(stream, output, atUs)
  const counts = { stdoutBytes: output.length, stderrBytes: 0, stdinBytes: 0 }
  stream.append('ssh.exit', { channel: 0, status, signal: null, ...counts }, atUs + 2 * ANSWER_US)
  return { asked: [asked, ...named], answered }
}

// Long output comes in pieces; lines stay whole where they can.
function recordOutput(stream: Stream, output: string, atUs: number): number[] {
  const seqs: number[] = []
  for (let from = 0; from < output.length; ) {
    const end = output.lastIndexOf('\n', from + PIECE)
    const to = from + PIECE >= output.length ? output.length : end <= from ? from + PIECE : end + 1
    const piece = output.slice(from, to)
    const body = { channel: 0, stream: 'stdout', data: { utf8: piece } } as const
    seqs.push(stream.append('terminal.output', body, atUs + ANSWER_US, anObserver().text(piece, 'answered', '/data/utf8')))
    from = to
  }
  return seqs
}

const PIECE = 32 * 1024

function recordHttp(stream: Stream, { system, origin }: Session, act: Of<'http'>): Recorded {
  const asked = { ...head(origin, act.secret), method: act.method, path: act.path, host: system.host, body: jsonOf(act.body) }
  const observer = anObserver()
  if (act.secret !== null) observer.presented(act.secret)
  observeHttpRequest(observer, asked, system.host)
  const request = stream.append('http.request', asked, act.atUs, observer)
  return { asked: [request], answered: [recordAnswer(stream, request, act.answer, act.atUs)] }
}

// As the Model Context Protocol has it: a call is a request over HTTP, and its answer holds the result.
function recordTool(stream: Stream, { system, origin }: Session, act: Of<'tool'>): Recorded {
  const call = JSON.stringify({ method: 'tools/call', params: { name: act.name, arguments: act.arguments } })
  const asked = { ...head(origin, null), method: 'POST', path: '/mcp', host: system.host, body: jsonOf(call) }
  const request = stream.append('http.request', asked, act.atUs, anObserver().json(call, 'asked', '/body/data/utf8'))
  const body = { request, protocol: 'mcp', id: '1', name: act.name, arguments: act.arguments } as const
  const called = stream.append('tool.call', body, act.atUs, anObserver().json(act.arguments, 'asked', '/arguments'))
  const result = { call: called, isError: false, result: act.result, durationUs: ANSWER_US }
  const answered = stream.append('tool.result', result, act.atUs + ANSWER_US, anObserver().json(act.result, 'answered', '/result'))
  return { asked: [request, called], answered: [answered, recordAnswer(stream, request, act.result, act.atUs)] }
}

const METHODS: Record<string, string> = { get: 'GET', list: 'GET', create: 'POST', patch: 'PATCH', delete: 'DELETE', connect: 'POST' }

function recordKubernetes(stream: Stream, act: Of<'kubernetes'>): Recorded {
  const { verb, resource, namespace, name } = act
  const path = `/api/v1/namespaces/${namespace}/${resource}${name === null ? '' : `/${name}`}`
  const what = { verb, group: '', version: 'v1', resource, subresource: null, namespace, name, query: [], isDiscovery: false }
  const asked = { ...head('10.0.0.2', act.secret), ...what, method: METHODS[verb] ?? 'GET', path, body: jsonOf(act.body) }
  const observer = anObserver()
  if (act.secret !== null) observer.presented(act.secret)
  observeKubernetesRequest(observer, asked)
  const request = stream.append('kubernetes.request', asked, act.atUs, observer)
  return { asked: [request], answered: [recordAnswer(stream, request, act.answer, act.atUs, { resource, namespace })] }
}

function recordContainer(stream: Stream, act: Of<'container'>, pivots: PivotRecorder): Recorded {
  const { namespace, pod, command, output, atUs } = act
  const what = { verb: 'connect', group: '', version: 'v1', resource: 'pods', subresource: 'exec', namespace, name: pod, query: [] }
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/exec`
  const asked = { ...head('10.0.0.2', null), ...what, isDiscovery: false, method: 'POST', path, body: null }
  const observer = anObserver()
  observeKubernetesRequest(observer, asked)
  const request = stream.append('kubernetes.request', asked, atUs, observer)
  const argv = ['sh', '-c', command]
  const inside = anObserver().pod(namespace, pod, 'target', '/pod')
  for (const [n, argument] of argv.entries()) inside.text(argument, 'asked', `/command/${n}`)
  const streams = { tty: false, stdin: false, stdout: true, stderr: true, subprotocol: 'v5.channel.k8s.io' }
  const exec = { channel: 0, request, kind: 'exec' as const, namespace, pod, container: null, command: argv, ...streams }
  const ran = stream.append('kubernetes.exec', exec, atUs, inside)
  const named = pivots.ofCommand(stream, command, { event: ran, at: '/command/2' }, atUs)
  return { asked: [request, ran, ...named], answered: recordOutput(stream, output, atUs) }
}

function recordAnswer(stream: Stream, request: number, text: string, atUs: number, context = {}): number {
  const heads = { status: 200, headers: [], withheldHeaders: [], durationUs: ANSWER_US, refused: null }
  const answer: EventBody<'http.response'> = { request, ...heads, body: jsonOf(text) }
  const observer = anObserver()
  observeHttpResponse(observer, answer, context)
  return stream.append('http.response', answer, atUs + ANSWER_US, observer)
}

function head(from: string, secret: string | null) {
  const headers: [string, string][] = [['user-agent', 'agent/2']]
  return { headers, withheldHeaders: secret === null ? [] : ['authorization'], from: `${from}:50000`, httpVersion: '1.1' }
}

function jsonOf(text: string | null) {
  return text === null ? null : { mediaType: 'application/json', encoding: null, data: { utf8: text } }
}
