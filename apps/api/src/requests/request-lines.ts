import type { DiscoveryRun, KubernetesWhere, RequestItem, RequestLine, RequestState } from '../contract/index.ts'
import { instantOf } from '../http/instant.ts'
import type { ToldPart, ToldPartOf, ToldRequest } from './told-event.ts'

const MAX_TOOLS = 8
const MAX_COMMAND = 1024

/** What belongs to one request. */
export type RequestParts = {
  answer: ToldPartOf<'http.response'> | null
  ended: ToldPartOf<'http.ended'> | null
  exec: ToldPartOf<'kubernetes.exec'> | null
  exit: ToldPartOf<'kubernetes.exit'> | null
  tools: { call: ToldPartOf<'tool.call'>; result: ToldPartOf<'tool.result'> | null }[]
}

/**
 * Sorts what was told of requests by the request that it belongs to.
 * @param carriers messages that carried calls of tools, with their requests
 */
export function partsByRequest(parts: readonly ToldPart[], carriers: ReadonlyMap<number, number>): Map<number, RequestParts> {
  const byRequest = new Map<number, RequestParts>()
  const of = (request: number): RequestParts => {
    const known = byRequest.get(request) ?? { answer: null, ended: null, exec: null, exit: null, tools: [] }
    byRequest.set(request, known)
    return known
  }
  const calls = new Map<number, RequestParts['tools'][number]>()
  const execs = new Map<number, RequestParts>()
  for (const part of parts) {
    if (part.type === 'http.response') of(part.body.request).answer ??= part
    else if (part.type === 'http.ended') of(part.body.request).ended ??= part
    else if (part.type === 'tool.call') {
      const tool = { call: part, result: null }
      calls.set(part.seq, tool)
      of(carriers.get(part.body.request) ?? part.body.request).tools.push(tool)
    } else if (part.type === 'kubernetes.exec') {
      const own = of(part.body.request)
      own.exec ??= part
      execs.set(part.body.channel, own)
    }
  }
  for (const part of parts) {
    if (part.type === 'kubernetes.exit') {
      const own = execs.get(part.body.channel)
      if (own) own.exit ??= part
    } else if (part.type === 'tool.result') {
      const tool = calls.get(part.body.call)
      if (tool) tool.result ??= part
    }
  }
  return byRequest
}

const NO_PARTS: RequestParts = { answer: null, ended: null, exec: null, exit: null, tools: [] }

/** A request in one line. */
export function lineOf(asked: ToldRequest, { answer, ended, exec, exit, tools }: RequestParts = NO_PARTS): RequestLine {
  const { method, path } = asked.body
  const end = answer?.body.end ?? ended?.body ?? null
  const durationUs = end?.durationUs ?? answer?.body.durationUs ?? null
  return {
    kind: 'request',
    ...placeOf(asked),
    method,
    path,
    host: asked.type === 'http.request' ? asked.body.host : null,
    kubernetes: asked.type === 'kubernetes.request' ? whereOf(asked) : null,
    isDiscovery: asked.type === 'kubernetes.request' && asked.body.isDiscovery,
    state: stateOf(answer, end !== null, tools),
    status: answer?.body.status ?? null,
    refused: answer?.body.refused ?? null,
    redirect: answer?.body.redirect ?? null,
    stream: answer?.body.stream ?? null,
    durationMs: durationUs === null ? null : durationUs / 1000,
    bytesToTarget: end?.bytesToTarget ?? null,
    bytesToCaller: end?.bytesToCaller ?? null,
    isComplete: end?.isComplete ?? null,
    tools: tools.slice(0, MAX_TOOLS).map(({ call, result }) => ({ name: call.body.name, isError: result?.body.isError ?? null })),
    toolCount: tools.length,
    exec: exec && execOf(exec, exit),
  }
}

function whereOf({ body }: Extract<ToldRequest, { type: 'kubernetes.request' }>): KubernetesWhere {
  const { verb, group, version, resource, subresource, namespace, name } = body
  return { verb, group, version, resource, subresource, namespace, name }
}

function execOf({ seq, body }: ToldPartOf<'kubernetes.exec'>, exit: ToldPartOf<'kubernetes.exit'> | null): RequestLine['exec'] {
  const command = body.kind === 'attach' ? 'attach' : body.command.join(' ')
  return { seq, channel: body.channel, command: command.slice(0, MAX_COMMAND), exitCode: exit?.body.exitCode ?? null }
}

function stateOf(answer: RequestParts['answer'], hasEnded: boolean, tools: RequestParts['tools']): RequestState {
  if (!answer) return 'unanswered'
  if (isFailure(answer.body) || tools.some(({ result }) => result?.body.isError)) return 'failed'
  return hasEnded ? 'answered' : 'open'
}

/** Was this no answer, or one that says no? */
export function isFailure({ status, refused }: { status: number | null; refused: string | null }): boolean {
  return status === null || status >= 400 || refused !== null
}

/** Lines as items: discovery that follows itself is one. */
export function foldDiscovery(lines: readonly RequestLine[]): RequestItem[] {
  const items: RequestItem[] = []
  for (const line of lines) {
    const last = items.at(-1)
    if (!line.isDiscovery) items.push(line)
    else if (last?.kind === 'discovery') items[items.length - 1] = joined(last, line)
    else items.push(joined(null, line))
  }
  return items
}

function joined(run: DiscoveryRun | null, line: RequestLine): DiscoveryRun {
  const { seq, ms, at } = run ?? line
  const durationMs = Math.max(run?.durationMs ?? 0, line.ms + (line.durationMs ?? 0) - ms)
  const failed = (run?.failed ?? 0) + (line.state === 'failed' ? 1 : 0)
  return { kind: 'discovery', seq, ms, at, count: (run?.count ?? 0) + 1, fromSeq: seq, toSeq: line.seq, failed, durationMs }
}

export function placeOf({ seq, elapsedUs, ts }: { seq: number; elapsedUs: number; ts: string }) {
  return { seq, ms: elapsedUs / 1000, at: instantOf(ts) }
}
