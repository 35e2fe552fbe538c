import type { IncomingMessage } from 'node:http'
import { isJson, type Json } from './objects.ts'
import { PROTOBUF, readProtobufObject } from './protobuf.ts'
import { RESOURCES, type Resource } from './resources.ts'
import { StatusError } from './status.ts'

/** What a path of the API addresses. */
export type Addressed = { resource: Resource; namespace: string | null; name: string | null; subresource: string | null; rest: string }

/** Reads `/api/v1/…` and `/apis/<group>/<version>/…`. Null where no resource is addressed. */
export function addressedBy(path: string): Addressed | null {
  const root = /^\/(?:api\/v1|apis\/([^/]+)\/v1)\/(.+)$/.exec(path)
  if (!root?.[2]) return null
  const parts = root[2].split('/').map(decodeURIComponent)
  const [first, namespace] = parts
  const isInNamespace = first === 'namespaces' && parts.length > 2
  const [plural, name, subresource, ...rest] = isInNamespace ? parts.slice(2) : parts
  const resource = RESOURCES.find((known) => known.group === (root[1] ?? '') && known.plural === plural)
  if (!resource) return null
  const place = isInNamespace ? (namespace ?? null) : null
  return { resource, namespace: place, name: name ?? null, subresource: subresource ?? null, rest: rest.join('/') }
}

const MAX_BODY_BYTES = 3 * 1024 * 1024

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw new StatusError(413, 'RequestEntityTooLarge', 'the request is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function objectOf(body: Buffer, contentType = ''): Json {
  if (contentType.startsWith(PROTOBUF)) return readProtobufObject(body)
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isJson(value)) return value
  } catch {
    // Told below.
  }
  throw new StatusError(400, 'BadRequest', 'the body of the request is no JSON object')
}
