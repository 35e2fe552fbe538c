import { elementsOf, membersOf, type Span, stringIn } from './json-members.ts'

/** A call of a tool, or what came of one, as JSON-RPC 2.0 carries it in the Model Context Protocol. Values are JSON as it stood there. */
export type McpMessage =
  | { kind: 'call'; id: string | null; name: string; arguments: string; isCut: boolean }
  | { kind: 'result'; id: string; isError: boolean; result: string; isCut: boolean }

/** Messages of one batch that are read. */
const MAX_BATCH = 256
const MAX_ID = 256
const MAX_NAME = 256

/** The tool calls and results in a JSON-RPC message or batch; everything else is passed over. The text may be cut. */
export function mcpMessagesIn(text: string): McpMessage[] {
  const batch = elementsOf(text, 0, MAX_BATCH)
  const starts = batch ? batch.map((element) => element.start) : [0]
  return starts.flatMap((start) => messageAt(text, start) ?? [])
}

function messageAt(text: string, start: number): McpMessage | null {
  const members = membersOf(text, start)
  if (members === null) return null
  const method = members.get('method')
  const id = idOf(text, members.get('id'))
  if (method) return stringIn(text, method) === 'tools/call' ? callOf(text, id, members.get('params')) : null
  return id === null ? null : resultOf(text, id, members)
}

function callOf(text: string, id: string | null, params: Span | undefined): McpMessage | null {
  const members = params ? membersOf(text, params.start) : null
  const name = members?.get('name')
  if (!members || !name) return null
  const given = members.get('arguments')
  const isCut = given?.isCut ?? params?.isCut ?? false
  return {
    kind: 'call',
    id,
    name: (stringIn(text, name) ?? '').slice(0, MAX_NAME).toWellFormed(),
    arguments: given ? textOf(text, given) : '{}',
    isCut,
  }
}

function resultOf(text: string, id: string, members: Map<string, Span>): McpMessage | null {
  const error = members.get('error')
  const result = error ?? members.get('result')
  if (!result) return null
  const flag = error ? undefined : membersOf(text, result.start)?.get('isError')
  const isError = error !== undefined || (flag !== undefined && textOf(text, flag) === 'true')
  return { kind: 'result', id, isError, result: textOf(text, result), isCut: result.isCut }
}

// As JSON, so that 1 and "1" differ.
function idOf(text: string, span: Span | undefined): string | null {
  if (!span || span.isCut || span.end - span.start > MAX_ID) return null
  const id = textOf(text, span)
  return id === 'null' ? null : id
}

function textOf(text: string, { start, end }: Span): string {
  return text.slice(start, end)
}
