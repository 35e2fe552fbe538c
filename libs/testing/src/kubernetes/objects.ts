/** Any JSON object. */
export type Json = { [member: string]: unknown }

export type Metadata = {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  [member: string]: unknown
}

/** An object as the fake server keeps it. */
export type StoredObject = { apiVersion: string; kind: string; metadata: Metadata; [member: string]: unknown }

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is an object; empty where it is none. */
export function memberOf(object: Json, name: string): Json {
  const member = object[name]
  return isJson(member) ? member : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
