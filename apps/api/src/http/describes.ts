import { SetMetadata } from '@nestjs/common'
import type { z } from 'zod'

export type RouteDescription = {
  summary: string
  query?: z.ZodType
  body?: z.ZodType
  /** The answer's schema; a media type for what is not JSON. */
  answer?: z.ZodType | string
  status?: number
}

export const ROUTE_DESCRIPTION = 'hoptrace:route'

/** Describes a route for OpenAPI with the schemas that validate it. */
export const Describes = (description: RouteDescription) => SetMetadata(ROUTE_DESCRIPTION, description)
