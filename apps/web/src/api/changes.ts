import type { Tick } from '@hoptrace/api'
import type { QueryClient, QueryKey } from '@tanstack/react-query'

/** A page refreshes at most this often, however busy the gateway is. */
const QUIET_MS = 4000

/** Does a change make this cached answer stale? A recorded session only grows, so only the sessions that the change names count. */
export function isStale(tick: Tick, key: QueryKey): boolean {
  const [resource, id] = key
  if (tick.kind === 'hello') return false
  if (resource === 'triage' || resource === 'health') return true
  if (tick.kind === 'chains') return resource === 'chains'
  if (tick.kind === 'alerts') return ['alerts', 'chains', 'rules', 'suppressions'].includes(String(resource))
  if (resource === 'runs') return true
  if (resource !== 'sessions') return false
  return typeof id !== 'string' || tick.isTruncated || tick.sessionIds.includes(id)
}

/**
 * Follows the api's stream of changes and refreshes what is on the page.
 * @returns ends it
 */
export function followChanges(client: QueryClient, url = '/api/v1/stream'): () => void {
  const source = new EventSource(url)
  let waiting: Tick[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const refresh = () => {
    const ticks = waiting
    timer = undefined
    waiting = []
    void client.invalidateQueries({ predicate: (query) => ticks.some((tick) => isStale(tick, query.queryKey)) })
  }
  source.onmessage = (message: MessageEvent<string>) => {
    waiting.push(JSON.parse(message.data) as Tick)
    timer ??= setTimeout(refresh, QUIET_MS)
  }
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
