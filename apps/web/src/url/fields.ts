import { z } from 'zod'

// An address that somebody mistyped still opens the page: what cannot be read is left out.

export const text = z.string().max(1024).optional().catch(undefined)
export const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().catch(undefined)
export const moment = z.iso.datetime({ offset: true }).optional().catch(undefined)
export const list = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .pipe(z.array(z.string().max(300)).max(50))
  .optional()
  .catch(undefined)

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values).optional().catch(undefined)
}

/** `1` shows secrets as they were recorded. The server asks for the right, and records it. */
export const reveal = choice('1')
