import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { z } from 'zod'

const Span = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
})
export type Span = z.infer<typeof Span>
const Export = z.object({ resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(Span) })) })) })

/** Takes spans as a collector does: OTLP over HTTP, in JSON. */
export class TraceReceiver {
  readonly spans: Span[] = []
  private constructor(private readonly server: Server) {}

  static async start(): Promise<TraceReceiver> {
    const server = createServer()
    const receiver = new TraceReceiver(server)
    server.on('request', async (request, response) => {
      const { resourceSpans } = Export.parse(await json(request))
      receiver.spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** From the publishing of a batch to the store's acknowledgement; empty while no trace is whole. */
  wholeTrace(): Span[] {
    for (const stored of this.spans.filter(({ name }) => name === 'hoptrace.store.insert')) {
      const handled = this.spans.find(({ spanId, traceId }) => spanId === stored.parentSpanId && traceId === stored.traceId)
      const published = this.spans.find(({ spanId, traceId }) => spanId === handled?.parentSpanId && traceId === stored.traceId)
      if (handled && published) return [published, handled, stored]
    }
    return []
  }

  stop(): Promise<void> {
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }
}
