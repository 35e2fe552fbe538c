import { RequestMethod } from '@nestjs/common'
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js'
import { z } from 'zod'
import { NEEDS } from '../auth/needs.ts'
import { IS_PUBLIC } from '../auth/public.ts'
import { Problem, type Right } from '../contract/index.ts'
import { ROUTE_DESCRIPTION, type RouteDescription } from './describes.ts'

type Json = Record<string, unknown>
export type ControllerClass = { prototype: object }
type Route = {
  method: string
  path: string
  /** Any one of them opens the route; none: whoever is signed in; null: everybody. */
  needs: readonly Right[] | null
  operationId: string
  description: RouteDescription
}

/** OpenAPI 3.1 of the given controllers, from the schemas that validate their routes. */
export function openApiOf(controllers: readonly ControllerClass[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of controllers.flatMap(routesOf)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Hoptrace', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        login: { type: 'apiKey', in: 'cookie', name: 'hoptrace', description: 'By https: __Host-hoptrace' },
      },
    },
  }
}

/** Every route of a controller. A route without a description is a mistake: it throws at boot. */
export function routesOf(controller: ControllerClass): Route[] {
  const prefix = String(Reflect.getMetadata(PATH_METADATA, controller))
  const names = Object.getOwnPropertyNames(controller.prototype)
  return names.flatMap((operationId) => {
    const handler: unknown = Reflect.get(controller.prototype, operationId)
    if (typeof handler !== 'function') return []
    const method: unknown = Reflect.getMetadata(METHOD_METADATA, handler)
    if (typeof method !== 'number') return []
    const description: RouteDescription | undefined = Reflect.getMetadata(ROUTE_DESCRIPTION, handler)
    if (!description) throw new Error(`Route ${prefix} ${operationId} has no description`)
    const path = pathOf(prefix, String(Reflect.getMetadata(PATH_METADATA, handler)))
    const needs = needsOf(handler, `${prefix} ${operationId}`)
    return [{ method: (RequestMethod[method] ?? 'GET').toLowerCase(), path, needs, operationId, description }]
  })
}

/** A route that does not say who may use it is a mistake: it throws at boot. */
function needsOf(handler: object, route: string): readonly Right[] | null {
  const needs: readonly Right[] | undefined = Reflect.getMetadata(NEEDS, handler)
  const isPublic = Reflect.getMetadata(IS_PUBLIC, handler) === true
  if (isPublic === (needs !== undefined)) throw new Error(`Route ${route} must either state the right that it needs or be public`)
  return needs ?? null
}

function pathOf(prefix: string, path: string): string {
  const joined = `/${prefix}/${path}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1')
  return joined.replaceAll(/:([A-Za-z]+)/g, '{$1}')
}

function operationOf({ path, needs, operationId, description }: Route): Json {
  const { summary, query, body, answer, status = 200 } = description
  const parameters = [...parametersInPath(path), ...(query ? parametersOf(query) : [])]
  return {
    operationId,
    summary,
    security: needs === null ? [] : [{ token: [] }, { login: [] }],
    ...(needs === null ? {} : { 'x-hoptrace-right': needs }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } } : {}),
    responses: {
      [status]: { description: summary, ...(answer ? { content: contentOf(answer) } : {}) },
      default: { description: 'A problem', content: { 'application/problem+json': { schema: schemaOf(Problem, 'output') } } },
    },
  }
}

function contentOf(answer: z.ZodType | string): Json {
  return typeof answer === 'string' ? { [answer]: {} } : { 'application/json': { schema: schemaOf(answer, 'output') } }
}

function parametersInPath(path: string): Json[] {
  return [...path.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}

function parametersOf(query: z.ZodType): Json[] {
  // The output side: a repeated parameter reads as the array that it becomes.
  const { properties = {} } = schemaOf(query, 'output') as { properties?: Record<string, Json> }
  const isRequired = requiredOf(query)
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: isRequired.has(name), schema }))
}

function requiredOf(query: z.ZodType): Set<string> {
  const { required = [] } = schemaOf(query, 'input') as { required?: string[] }
  return new Set(required)
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' })
  return rest
}
