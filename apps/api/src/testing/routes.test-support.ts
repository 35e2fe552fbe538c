import { sampleOf } from './sample.test-support.ts'

type Operation = {
  security: unknown[]
  parameters?: { name: string; in: string; required: boolean; schema: object }[]
  requestBody?: { content: { 'application/json'?: { schema: object } } }
  'x-hoptrace-right'?: string[]
}
export type Document = { paths: Record<string, Record<string, Operation>> }

/** A route of the document. `needs`: any one of these rights; empty: whoever is signed in; null: everybody. */
export type Route = { method: string; path: string; needs: readonly string[] | null; query: string; body: string | null }

export function routesIn({ paths }: Document): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      needs: operation.security.length === 0 ? null : (operation['x-hoptrace-right'] ?? []),
      query: queryOf(operation),
      body: bodyOf(operation),
    })),
  )
}

/** The list that a route's `{id}` is taken from: `/sessions/{id}/events` from `/sessions`. */
export function listOf(path: string): string {
  return path.slice(0, path.indexOf('/{'))
}

/** The address of a route for an id; what stands after it is the first there is. What is addressed by kind and digest is a host. */
export function addressOf({ path, query }: Route, id: string): string {
  return `${path
    .replace('{kind}', 'host')
    .replace(/\{\w+\}/, id)
    .replace('{file}', '0.json')
    .replaceAll(/\{\w+\}/g, '0')}${query}`
}

export function requestOf({ method, body }: Route): RequestInit {
  return { method, ...(body === null ? {} : { body, headers: { 'content-type': 'application/json' } }) }
}

function queryOf({ parameters = [] }: Operation): string {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const query = new URLSearchParams(required.map(({ name, schema }) => [name, String(sampleOf(schema))]))
  return query.size === 0 ? '' : `?${query}`
}

function bodyOf({ requestBody }: Operation): string | null {
  const schema = requestBody?.content['application/json']?.schema
  return schema ? JSON.stringify(sampleOf(schema)) : null
}
