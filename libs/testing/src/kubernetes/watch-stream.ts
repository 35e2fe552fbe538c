import type { ServerResponse } from 'node:http'
import type { KubernetesFaults } from './faults.ts'
import type { Change, ObjectStore } from './object-store.ts'
import type { StoredObject } from './objects.ts'
import type { Resource } from './resources.ts'
import { tableOf, wantsTable } from './tables.ts'

export type WatchOptions = {
  resource: Resource
  /** Does the watch see this object? */
  selects: (object: StoredObject) => boolean
  accept: string
  query: URLSearchParams
}

const BOOKMARK_EVERY_MS = 1000

/** One `watch=true` request: a JSON document a line for each change, bookmarks where they are asked for. */
export function serveWatch(response: ServerResponse, store: ObjectStore, options: WatchOptions, faults: KubernetesFaults): void {
  const { resource, selects, accept, query } = options
  let sent = 0
  const send = (type: string, object: object) => {
    response.write(`${JSON.stringify({ type, object })}\n`)
    sent += 1
    if (faults.watchResetAfterEvents !== null && sent >= faults.watchResetAfterEvents) response.socket?.destroy()
  }
  const shown = (object: StoredObject) =>
    wantsTable(accept) ? tableOf(resource, [object], store.version, query.get('includeObject') ?? '') : object
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const asked = query.get('resourceVersion') ?? ''
  const begin = asked === '' || asked === '0' ? store.version : Number(asked)
  if (asked === '' || asked === '0') for (const object of store.list(resource, null).filter(selects)) send('ADDED', shown(object))
  const stop = store.watch(begin, (change: Change) => {
    if (change.resource === resource && selects(change.object)) send(change.type, shown(change.object))
  })
  const bookmarks =
    query.get('allowWatchBookmarks') === 'true'
      ? setInterval(() => send('BOOKMARK', bookmarkOf(resource, store.version)), BOOKMARK_EVERY_MS)
      : null
  const timeout = query.has('timeoutSeconds') ? setTimeout(() => response.end(), Number(query.get('timeoutSeconds')) * 1000) : null
  response.on('close', () => {
    stop()
    if (bookmarks) clearInterval(bookmarks)
    if (timeout) clearTimeout(timeout)
  })
}

function bookmarkOf(resource: Resource, version: number): object {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  return { kind: resource.kind, apiVersion, metadata: { resourceVersion: `${version}`, creationTimestamp: null } }
}
