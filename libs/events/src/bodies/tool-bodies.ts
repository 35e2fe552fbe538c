import { z } from 'zod'
import { Truncation } from '../bytes.ts'

/** A tool that an agent called over JSON-RPC, as the Model Context Protocol has it (`tools/call`). */
export const ToolCall = z.object({
  /** seq of the request, or of the WebSocket message, that carried it. */
  request: z.int(),
  protocol: z.literal('mcp'),
  /** The JSON-RPC id as JSON, so that `1` and `"1"` differ; null for a notification. */
  id: z.string().nullable(),
  name: z.string(),
  /** JSON text. */
  arguments: z.string(),
  /** In bytes of `arguments`. */
  truncated: Truncation.optional(),
})

export const ToolResult = z.object({
  /** seq of the call. */
  call: z.int(),
  /** A JSON-RPC error, or a result that says it is one. */
  isError: z.boolean(),
  /** The result, or the error, as JSON text. */
  result: z.string(),
  /** In bytes of `result`. */
  truncated: Truncation.optional(),
  durationUs: z.int(),
})
