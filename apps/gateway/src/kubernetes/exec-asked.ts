import type { RequestInfo } from '@hoptrace/events'

/** What an exec or an attach asks for, as its path and query say. */
export type ExecAsked = {
  kind: 'exec' | 'attach'
  namespace: string
  pod: string
  container: string | null
  command: string[]
  tty: boolean
  stdin: boolean
  stdout: boolean
  stderr: boolean
}

/** Every `command` of the query is one argument, in their order. */
export function execAsked(info: RequestInfo, query: URLSearchParams): ExecAsked {
  const kind = info.subresource === 'attach' ? 'attach' : 'exec'
  return {
    kind,
    namespace: info.namespace ?? '',
    pod: info.name ?? '',
    container: query.get('container') || null,
    command: kind === 'exec' ? query.getAll('command') : [],
    tty: isSet(query, 'tty'),
    stdin: isSet(query, 'stdin'),
    stdout: isSet(query, 'stdout'),
    stderr: isSet(query, 'stderr'),
  }
}

/** As the API server reads a flag (k8s.io/apimachinery, pkg/runtime): one that is there and does not say no says yes. */
export function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && !['0', 'false'].includes(value.toLowerCase())
}
