import type { KubernetesWhere, RequestItem, RequestLine } from '@hoptrace/api'
import { plural } from '../../../format/quantity.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent'

/** RFC 9110, and those of others that are seen. */
const REASONS: Record<number, string> = {
  101: 'switched',
  200: 'OK',
  201: 'created',
  202: 'accepted',
  204: 'no content',
  206: 'partial',
  301: 'moved',
  302: 'found',
  303: 'see other',
  304: 'not modified',
  307: 'redirect',
  308: 'redirect',
  400: 'bad request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not found',
  405: 'not allowed',
  408: 'timed out',
  409: 'conflict',
  410: 'gone',
  413: 'too large',
  415: 'media type',
  422: 'invalid',
  429: 'too many',
  500: 'error',
  501: 'not built',
  502: 'bad gateway',
  503: 'unavailable',
  504: 'timed out',
}
const CLASSES = ['', 'informed', 'OK', 'redirected', 'refused', 'failed']

/** How a request went, in a word or two, and how it looks. The word stands without its colour. */
export function statusOf({ status, state, refused }: Pick<RequestLine, 'status' | 'state' | 'refused'>): { text: string; tone: Tone } {
  if (status === null) return { text: refused === null ? 'no answer' : 'refused', tone: refused === null ? 'warn' : 'bad' }
  const text = `${status} ${REASONS[status] ?? CLASSES[Math.floor(status / 100)] ?? ''}`.trim()
  if (refused !== null || status >= 400) return { text, tone: 'bad' }
  if (state === 'failed') return { text: `${status} tool failed`, tone: 'bad' }
  return { text, tone: status >= 300 ? 'warn' : 'good' }
}

/** What is done: the verb of Kubernetes, the method of HTTP. */
export function verbOf({ kubernetes, method, isDiscovery }: RequestLine): string {
  return kubernetes === null || isDiscovery || kubernetes.resource === null ? method : kubernetes.verb
}

/** `pods/exec`, `deployments.apps`. */
export function resourceName({ group, resource, subresource }: Pick<KubernetesWhere, 'group' | 'resource' | 'subresource'>): string {
  const kind = group === '' ? (resource ?? '') : `${resource ?? ''}.${group}`
  return subresource === null ? kind : `${kind}/${subresource}`
}

/** What it is done to, in two parts: what people look for, and the rest. Recorded text. */
export function whatOf(line: RequestLine): { main: string; rest: string } {
  const { kubernetes, path, tools, toolCount, exec } = line
  if (toolCount > 0) {
    const names = tools.map(({ name }) => name).join(', ')
    return { main: toolCount > tools.length ? `${names}, …` : names, rest: path }
  }
  if (kubernetes === null || kubernetes.resource === null) return splitPath(path)
  const where = [kubernetes.namespace, kubernetes.name].filter((part) => part !== null).join('/')
  const main = where === '' ? resourceName(kubernetes) : `${resourceName(kubernetes)} ${where}`
  return { main, rest: exec === null ? '' : `$ ${exec.command}` }
}

function splitPath(path: string): { main: string; rest: string } {
  const query = path.indexOf('?')
  return query < 0 ? { main: path, rest: '' } : { main: path.slice(0, query), rest: path.slice(query) }
}

/** What is said of a line beside its status. */
export function notesOf({ stream, redirect, isComplete, exec, refused }: RequestLine): string[] {
  return [
    ...(stream === null ? [] : [stream === 'sse' ? 'events' : stream]),
    ...(redirect?.isElsewhere ? ['to another host'] : []),
    ...(exec === null || exec.exitCode === null ? [] : [`exit ${exec.exitCode}`]),
    ...(refused === null ? [] : ['by the gateway']),
    ...(isComplete === false ? ['cut short'] : []),
  ]
}

/** The seqs that an item spans. */
export function spanOf(item: RequestItem): [number, number] {
  return item.kind === 'discovery' ? [item.fromSeq, item.toSeq] : [item.seq, item.seq]
}

/** One item for who hears it rather than sees it. */
export function spokenOf(item: RequestItem): string {
  if (item.kind === 'discovery') return `${plural(item.count, 'request')} of discovery`
  const { main, rest } = whatOf(item)
  return `${verbOf(item)} ${main} ${rest}, ${statusOf(item).text}`
}
