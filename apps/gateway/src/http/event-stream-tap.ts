import { encodeBytes, Observer } from '@hoptrace/events'
import type { AnswerTap } from './dialect.ts'
import type { EventLog } from './fitting-log.ts'
import { MessageBudget } from './message-budget.ts'
import { withoutCutCharacter } from './recorded-body.ts'
import { EventStreamReader, fieldsOfEvent, type StreamEvent } from './server-sent-events.ts'
import type { ToolCalls } from './tool-calls.ts'

/** Records a stream of server-sent events: the first ones, the count of all, and the results of tools in them. */
export class EventStreamTap implements AnswerTap {
  messages = 0
  private readonly reader = new EventStreamReader((event) => this.record(event))
  private readonly budget = new MessageBudget()
  private nowUs = 0

  constructor(
    private readonly log: EventLog,
    private readonly request: number,
    private readonly calls: ToolCalls,
  ) {}

  feed(chunk: Buffer, nowUs: number): void {
    this.nowUs = nowUs
    this.reader.feed(chunk)
  }

  end(): void {}

  private record({ bytes, total }: StreamEvent): void {
    this.messages += 1
    const { event, data } = fieldsOfEvent(bytes.toString('utf8'))
    if (!this.budget.isSpent) this.append(bytes, total, data)
    // The HTTP transport with two endpoints (MCP 2024-11-05) names the one for calls first.
    if (event === 'endpoint' && this.messages === 1) this.calls.belongTo(data)
    else this.calls.answered(data, this.nowUs)
  }

  private append(bytes: Buffer, total: number, fields: string): void {
    const room = this.budget.take(bytes.length)
    const kept = room < bytes.length || total > bytes.length ? withoutCutCharacter(bytes.subarray(0, room)) : bytes
    const data = encodeBytes(kept)
    const observer = new Observer(this.log.digestKey)
    if ('utf8' in data) observer.text(data.utf8, 'answered', '/data/utf8')
    // What only JSON tells stands where its lines were joined.
    if (/^[{[]/.test(fields)) observer.json(fields, 'answered', '')
    const truncated = kept.length < total ? { truncated: { kept: kept.length, total } } : {}
    this.log.append('http.message', { data, direction: 'toCaller', kind: 'event', request: this.request, ...truncated }, observer.result())
  }
}
