import type { PipeTransform } from '@nestjs/common'
import type { z } from 'zod'
import { ProblemError } from './problem.ts'

/** Reads a query, a body or a parameter by its schema, or answers 400 naming each field; never its value. */
export function valid<T extends z.ZodType>(schema: T): PipeTransform<unknown, z.infer<T>> {
  return { transform: (given) => readAs(schema, given ?? {}) }
}

/** For one path parameter: what cannot be an id names nothing, so it answers 404. */
export function validId<T extends z.ZodType>(schema: T, what: string): PipeTransform<unknown, z.infer<T>> {
  return {
    transform: (given) => {
      const read = schema.safeParse(given)
      if (!read.success) throw new ProblemError('NOT_FOUND', `There is no such ${what}.`)
      return read.data
    },
  }
}

export function readAs<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const errors = read.error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const first = errors[0]
  throw new ProblemError('INVALID_REQUEST', first && `${first.path || 'request'}: ${first.message}`, { errors })
}
