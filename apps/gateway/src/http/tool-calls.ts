import { Observer } from '@hoptrace/events'
import type { EventLog } from './fitting-log.ts'
import { type McpMessage, mcpMessagesIn } from './mcp-messages.ts'

type Pending = { call: number; atUs: number }

/** Calls of one session that wait for their results; of more, the oldest is given up. */
const MAX_PENDING = 1024

/** Calls whose results may come by another request's answer: by the conversation that both belong to, and the call's id. */
export class PendingCalls {
  private readonly pending = new Map<string, Pending>()

  add(conversation: string, id: string, pending: Pending): void {
    this.pending.set(keyOf(conversation, id), pending)
    const [oldest] = this.pending.keys()
    if (this.pending.size > MAX_PENDING && oldest !== undefined) this.pending.delete(oldest)
  }

  /** Once: a result that is delivered again is not another one. */
  take(conversation: string, id: string): Pending | null {
    const key = keyOf(conversation, id)
    const found = this.pending.get(key) ?? null
    this.pending.delete(key)
    return found
  }

  get isEmpty(): boolean {
    return this.pending.size === 0
  }
}

function keyOf(conversation: string, id: string): string {
  return `${conversation}\0${id}`
}

/** Records the tools that are called in one exchange, and what comes of them. Pure: time comes in, events go out. */
export class ToolCalls {
  /** Was a tool called here? */
  hasCalls = false
  private own: PendingCalls | null = null

  /** @param conversation names the one that this exchange belongs to; null where nothing tells */
  constructor(
    private readonly log: EventLog,
    private readonly elsewhere: PendingCalls,
    private conversation: () => string | null,
  ) {}

  /** Results here answer calls that go to this address. */
  belongTo(url: string): void {
    this.conversation = () => conversationAt(url)
  }

  /** @param request seq of the event that carried this text */
  asked(text: string, request: number, nowUs: number): void {
    if (!mayHoldCall(text)) return
    for (const message of mcpMessagesIn(text)) if (message.kind === 'call') this.call(message, request, nowUs)
  }

  answered(text: string, nowUs: number): void {
    if (this.own === null && this.elsewhere.isEmpty) return
    for (const message of mcpMessagesIn(text)) if (message.kind === 'result') this.result(message, nowUs)
  }

  private call({ id, name, arguments: given, isCut }: Extract<McpMessage, { kind: 'call' }>, request: number, nowUs: number): void {
    const observer = new Observer(this.log.digestKey)
    observer.json(given, 'asked', '/arguments')
    const body = { arguments: given, id, name, protocol: 'mcp' as const, request, ...cut(given, isCut) }
    const call = this.log.append('tool.call', body, observer.result())
    this.hasCalls = true
    if (id === null) return
    this.own ??= new PendingCalls()
    this.own.add('', id, { call, atUs: nowUs })
    const conversation = this.conversation()
    if (conversation !== null) this.elsewhere.add(conversation, id, { call, atUs: nowUs })
  }

  private result({ id, isError, result, isCut }: Extract<McpMessage, { kind: 'result' }>, nowUs: number): void {
    const conversation = this.conversation()
    const far = conversation === null ? null : this.elsewhere.take(conversation, id)
    const pending = this.own?.take('', id) ?? far
    if (pending === null) return
    const observer = new Observer(this.log.digestKey)
    observer.json(result, 'answered', '/result')
    const durationUs = Math.max(0, Math.round(nowUs - pending.atUs))
    this.log.append('tool.result', { call: pending.call, durationUs, isError, result, ...cut(result, isCut) }, observer.result())
  }
}

// A method may be written with escapes, too.
function mayHoldCall(text: string): boolean {
  return text.includes('tools/call') || (text.includes('\\') && text.includes('jsonrpc'))
}

// What is cut has one byte more at least; how many more, nobody counts.
function cut(text: string, isCut: boolean): { truncated?: { kept: number; total: number } } {
  const kept = Buffer.byteLength(text)
  return isCut ? { truncated: { kept, total: kept + 1 } } : {}
}

/** A conversation by the address that its calls go to. */
export function conversationAt(url: string): string | null {
  const base = 'http://target.invalid'
  if (!URL.canParse(url, base)) return null
  const { pathname, search } = new URL(url, base)
  return `at ${pathname}${search}`
}
