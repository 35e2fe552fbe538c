import { randomUUID } from 'node:crypto'
import { type Json, type Metadata, memberOf, type StoredObject, textOf } from './objects.ts'
import { apiVersionOf, type Resource } from './resources.ts'
import { notFound, StatusError } from './status.ts'

export type Change = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; resource: Resource; object: StoredObject; version: number }
type Listener = (change: Change) => void

/** The objects of a fake cluster, each change numbered (`resourceVersion`) and kept, so that a watch can begin at any of them. */
export class ObjectStore {
  private readonly objects = new Map<string, StoredObject>()
  private readonly changes: Change[] = []
  private readonly listeners = new Set<Listener>()
  version = 1

  list(resource: Resource, namespace: string | null): StoredObject[] {
    const prefix = `${resource.group}/${resource.plural}/${namespace === null ? '' : `${namespace}/`}`
    return [...this.objects.entries()].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object)
  }

  find(resource: Resource, namespace: string | null, name: string): StoredObject | null {
    return this.objects.get(keyOf(resource, namespace, name)) ?? null
  }

  get(resource: Resource, namespace: string | null, name: string): StoredObject {
    const object = this.find(resource, namespace, name)
    if (!object) throw notFound(resource.plural, name)
    return object
  }

  create(resource: Resource, namespace: string | null, body: Json): StoredObject {
    const given = memberOf(body, 'metadata')
    const name = textOf(given.name) || `${textOf(given.generateName)}${randomUUID().slice(0, 5)}`
    if (this.find(resource, namespace, name)) throw new StatusError(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`)
    const metadata = { ...given, name, uid: randomUUID(), creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z') }
    return this.put('ADDED', resource, { ...body, metadata: { ...metadata, ...(namespace ? { namespace } : {}), resourceVersion: '' } })
  }

  replace(resource: Resource, namespace: string | null, name: string, body: Json): StoredObject {
    const before = this.get(resource, namespace, name)
    const asked = textOf(memberOf(body, 'metadata').resourceVersion)
    if (asked !== '' && asked !== before.metadata.resourceVersion) {
      throw new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${resource.plural} "${name}": the object has been modified`)
    }
    return this.put('MODIFIED', resource, { ...body, metadata: { ...before.metadata, ...memberOf(body, 'metadata') } })
  }

  delete(resource: Resource, namespace: string | null, name: string): StoredObject {
    const object = this.get(resource, namespace, name)
    this.objects.delete(keyOf(resource, namespace, name))
    this.version += 1
    this.tell({
      type: 'DELETED',
      resource,
      object: { ...object, metadata: { ...object.metadata, resourceVersion: `${this.version}` } },
      version: this.version,
    })
    return object
  }

  /** Tells of every change after `version`, those of the past at once. @returns how to stop */
  watch(version: number, listener: Listener): () => void {
    for (const change of this.changes) if (change.version > version) listener(change)
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private put(type: 'ADDED' | 'MODIFIED', resource: Resource, body: Json & { metadata: Metadata }): StoredObject {
    this.version += 1
    const { namespace, name } = body.metadata
    const metadata = { ...body.metadata, resourceVersion: `${this.version}` }
    const object = { ...body, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata }
    this.objects.set(keyOf(resource, namespace ?? null, name), object)
    this.tell({ type, resource, object, version: this.version })
    return object
  }

  private tell(change: Change): void {
    this.changes.push(change)
    for (const listener of [...this.listeners]) listener(change)
  }
}

function keyOf(resource: Resource, namespace: string | null, name: string): string {
  return `${resource.group}/${resource.plural}/${namespace ?? ''}/${name}`
}
