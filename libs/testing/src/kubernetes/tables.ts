import { memberOf, type StoredObject, textOf } from './objects.ts'
import type { Resource } from './resources.ts'

const STRING = { type: 'string', format: '', description: '', priority: 0 }

/** Is a Table asked for, as kubectl does when it prints for people? */
export function wantsTable(accept: string): boolean {
  return accept.includes('as=Table')
}

/** Server-side printing: the columns that people see, with the metadata of each object. */
export function tableOf(resource: Resource, objects: readonly StoredObject[], version: number, includes: string): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: `${version}` },
    columnDefinitions: columnsOf(resource).map(({ name }) => ({ ...STRING, name, format: name === 'Name' ? 'name' : '' })),
    rows: objects.map((object) => ({ cells: columnsOf(resource).map(({ cell }) => cell(object)), object: rowObject(object, includes) })),
  }
}

function rowObject(object: StoredObject, includes: string): object | null {
  if (includes === 'Object') return object
  if (includes === 'None') return null
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }
}

type Column = { name: string; cell: (object: StoredObject) => unknown }
const NAME: Column = { name: 'Name', cell: (object) => object.metadata.name }
const AGE: Column = { name: 'Age', cell: (object) => ageOf(object) }
const STATUS: Column = { name: 'Status', cell: (object) => textOf(memberOf(object, 'status').phase) }
const DATA: Column = { name: 'Data', cell: (object) => Object.keys(memberOf(object, 'data')).length }

function columnsOf({ kind }: Resource): Column[] {
  if (kind === 'Pod') {
    const ready: Column = { name: 'Ready', cell: () => '1/1' }
    const restarts: Column = { name: 'Restarts', cell: () => '0' }
    return [NAME, ready, STATUS, restarts, AGE]
  }
  if (kind === 'Namespace') return [NAME, STATUS, AGE]
  if (kind === 'Secret') return [NAME, { name: 'Type', cell: (object) => textOf(object.type) || 'Opaque' }, DATA, AGE]
  if (kind === 'ConfigMap') return [NAME, DATA, AGE]
  return [NAME, AGE]
}

function ageOf(object: StoredObject): string {
  return `${Math.max(0, Math.round((Date.now() - Date.parse(object.metadata.creationTimestamp)) / 1000))}s`
}
