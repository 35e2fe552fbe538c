import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { type Addressed, addressedBy, objectOf } from './api-request.ts'
import { discoveryAt } from './discovery.ts'
import type { KubernetesFaults } from './faults.ts'
import type { ObjectStore } from './object-store.ts'
import { type Json, memberOf, type StoredObject } from './objects.ts'
import { OPENAPI_V2, openApiV2 } from './openapi-v2.ts'
import { patched } from './patches.ts'
import type { PodRuntime } from './pod-runtime.ts'
import { withStatus } from './pod-status.ts'
import { documentReply, type Reply, textReply } from './reply.ts'
import { apiVersionOf, RESOURCES, type Resource } from './resources.ts'
import { notFound, StatusError } from './status.ts'
import { tableOf, wantsTable } from './tables.ts'
import { serveWatch } from './watch-stream.ts'

export type ApiRequest = { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer; user: string }
type Asked = ApiRequest & Addressed & { query: URLSearchParams; accept: string }

/** Answers the plain requests of the fake API server. */
export class ApiServer {
  constructor(
    private readonly store: ObjectStore,
    private readonly pods: PodRuntime,
    private readonly faults: KubernetesFaults,
  ) {}

  /** @throws StatusError */
  replyTo(request: ApiRequest): Reply {
    const { pathname, searchParams: query } = new URL(request.url, 'https://fake')
    const accept = request.headers.accept ?? ''
    const discovery = discoveryAt(pathname, accept)
    if (discovery) return documentReply(200, discovery.document, discovery.contentType)
    if (pathname === '/openapi/v2') return { kind: 'document', status: 200, contentType: OPENAPI_V2, body: openApiV2() }
    if (pathname === '/readyz' || pathname === '/healthz') return textReply('ok')
    const addressed = addressedBy(pathname)
    if (!addressed) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource')
    const asked = { ...request, ...addressed, query, accept }
    if (addressed.subresource !== null) return this.subresource(asked, addressed.name ?? '')
    return addressed.name === null ? this.collection(asked) : this.object(asked, addressed.name)
  }

  private collection(asked: Asked): Reply {
    const { resource, namespace, method, query, accept } = asked
    if (method === 'POST') return this.create(asked)
    const selects = selectorOf(query, namespace)
    if (query.get('watch') === 'true' || query.get('watch') === '1') {
      const options = { resource, selects, accept, query }
      return { kind: 'stream', serve: (response) => serveWatch(response, this.store, options, this.faults) }
    }
    const objects = this.store.list(resource, namespace).filter(selects)
    if (method === 'DELETE') for (const { metadata } of objects) this.store.delete(resource, metadata.namespace ?? null, metadata.name)
    if (wantsTable(accept)) return this.table(asked, objects)
    const metadata = { resourceVersion: `${this.store.version}` }
    return documentReply(200, { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items: objects })
  }

  private table({ resource, query }: Asked, objects: readonly StoredObject[]): Reply {
    return documentReply(200, tableOf(resource, objects, this.store.version, query.get('includeObject') ?? ''))
  }

  private create({ resource, namespace, headers, body, user, query }: Asked): Reply {
    const object = objectOf(body, headers['content-type'])
    if (resource.kind.endsWith('Review')) return documentReply(201, reviewed(object, user))
    const created = withStatus(object, resource.kind)
    return documentReply(201, query.get('dryRun') === 'All' ? created : this.store.create(resource, namespace, created))
  }

  private object(asked: Asked, name: string): Reply {
    const { resource, namespace, method, accept } = asked
    if (method === 'PATCH' || method === 'PUT') return this.change(asked, name)
    if (method === 'DELETE') return this.delete(resource, namespace, name)
    const object = this.store.get(resource, namespace, name)
    return wantsTable(accept) ? this.table(asked, [object]) : documentReply(200, object)
  }

  private delete(resource: Resource, namespace: string | null, name: string): Reply {
    this.store.delete(resource, namespace, name)
    const details = { name, kind: resource.plural }
    return documentReply(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
  }

  private change({ resource, namespace, method, headers, body }: Asked, name: string): Reply {
    if (method === 'PUT') return documentReply(200, this.store.replace(resource, namespace, name, objectOf(body, headers['content-type'])))
    const type = headers['content-type'] ?? ''
    const before = this.store.find(resource, namespace, name)
    const patch: unknown = JSON.parse(body.toString('utf8'))
    if (before) return documentReply(200, this.store.replace(resource, namespace, name, patched(before, patch, type)))
    if (!type.startsWith('application/apply-patch')) throw notFound(resource.plural, name)
    return documentReply(201, this.store.create(resource, namespace, withStatus(objectOf(body, headers['content-type']), resource.kind)))
  }

  private subresource(asked: Asked, name: string): Reply {
    const { resource, namespace, subresource } = asked
    if (resource.kind === 'ServiceAccount' && subresource === 'token') return this.token(asked, name)
    if (subresource === 'proxy') return textReply(`${asked.method} /${asked.rest} at ${name}\n`)
    const object = this.store.get(resource, namespace, name)
    if (subresource === 'scale') return this.scale(asked, object)
    if (subresource === 'log') return this.logs(namespace ?? '', name, asked.query)
    throw new StatusError(400, 'BadRequest', 'you must upgrade the connection')
  }

  private scale({ resource, namespace, method, headers, body }: Asked, object: StoredObject): Reply {
    const { name } = object.metadata
    const before = scaleOf(object)
    if (method === 'GET') return documentReply(200, before)
    const type = headers['content-type'] ?? ''
    const after = method === 'PUT' ? objectOf(body, type) : patched(before, JSON.parse(body.toString('utf8')), type)
    const spec = { ...memberOf(object, 'spec'), replicas: memberOf(after, 'spec').replicas }
    return documentReply(200, scaleOf(this.store.replace(resource, namespace, name, { ...object, spec })))
  }

  private token({ namespace, headers, body }: Asked, name: string): Reply {
    const serviceAccounts = RESOURCES.find(({ plural }) => plural === 'serviceaccounts')
    if (serviceAccounts) this.store.get(serviceAccounts, namespace, name)
    const part = () => randomBytes(48).toString('base64url')
    const status = { token: `eyJ${part()}.eyJ${part()}.${part()}`, expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() }
    return documentReply(201, {
      ...objectOf(body, headers['content-type']),
      metadata: { name, namespace, creationTimestamp: null },
      status,
    })
  }

  private logs(namespace: string, pod: string, query: URLSearchParams): Reply {
    const lines = this.pods.linesOf(namespace, pod).map((line) => `${line}\n`)
    if (query.get('follow') !== 'true') return textReply(lines.join(''))
    return {
      kind: 'stream',
      serve: (response) => {
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.flushHeaders()
        for (const line of lines) response.write(line)
        response.on(
          'close',
          this.pods.follow(namespace, pod, (line) => response.write(`${line}\n`)),
        )
      },
    }
  }
}

function scaleOf({ metadata, ...object }: StoredObject): Json {
  const { replicas = 1 } = memberOf(object, 'spec')
  return { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas }, status: { replicas } }
}

function reviewed(review: Json, user: string): Json {
  if (review.kind === 'SelfSubjectReview') return { ...review, status: { userInfo: { username: user, groups: ['system:authenticated'] } } }
  return { ...review, status: { allowed: true, reason: 'everything is allowed' } }
}

function selectorOf(query: URLSearchParams, namespace: string | null): (object: StoredObject) => boolean {
  const name = /(?:^|,)metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1]
  const labels = (query.get('labelSelector') ?? '').split(',').map((term) => term.split('='))
  return (object) => {
    if (namespace !== null && object.metadata.namespace !== namespace) return false
    if (name !== undefined && object.metadata.name !== name) return false
    return labels.every(([key = '', value]) => key === '' || object.metadata.labels?.[key] === value)
  }
}
