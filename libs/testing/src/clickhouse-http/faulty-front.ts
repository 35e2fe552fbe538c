import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Transform } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type Fault, Faults } from './faults.ts'

/** What passed: how much of it was compressed says whether compression is on. */
export type Passed = { requests: number; compressedRequests: number; compressedAnswers: number }

/** Passes HTTP on to the engine as it is, unless a fault is due. */
export class FaultyFront {
  readonly faults = new Faults()
  readonly passed: Passed = { requests: 0, compressedRequests: 0, compressedAnswers: 0 }
  private readonly server: Server

  constructor(private readonly engineUrl: string) {
    this.server = createServer((asked, answer) => void this.serve(asked, answer))
    // What hangs may hang for as long as the client lets it.
    this.server.requestTimeout = 0
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    this.server.closeAllConnections()
    await closed
  }

  private async serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const sql = new URL(asked.url ?? '/', this.engineUrl).searchParams.get('query') ?? ''
    const fault = this.faults.take(/^\s*INSERT\b/i.test(sql) ? 'insert' : 'read')
    this.passed.requests += 1
    if (asked.headers['content-encoding'] === 'gzip') this.passed.compressedRequests += 1
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'refuse') return refuse(asked, answer, 503, {}, 'Service Unavailable')
    if (fault?.kind === 'fail') {
      const body = `Code: ${fault.code}. DB::Exception: It was told to fail. (${fault.type})`
      return refuse(asked, answer, 500, { 'x-clickhouse-exception-code': `${fault.code}` }, body)
    }
    if (fault?.kind === 'slow') await delay(fault.delayMs)
    this.pass(asked, answer, fault)
  }

  private pass(asked: IncomingMessage, answer: ServerResponse, fault: Fault | null): void {
    const { method, url, headers } = asked
    const onward = request(new URL(url ?? '/', this.engineUrl), { method, headers }, (answered) => {
      if (answered.headers['content-encoding'] === 'gzip') this.passed.compressedAnswers += 1
      if (fault?.kind === 'loseAnswer') {
        answered.resume().once('end', () => answer.destroy())
        return
      }
      answer.writeHead(answered.statusCode ?? 502, answered.headers)
      const cut = fault?.kind === 'cutAnswer' ? [cutter(fault.afterBytes)] : []
      pipeline([answered, ...cut, answer], () => undefined)
    })
    onward.once('error', () => answer.destroy())
    answer.once('close', () => onward.destroy())
    const cut = fault?.kind === 'cutRequest' ? [cutter(fault.afterBytes)] : []
    pipeline([asked, ...cut, onward], (error) => {
      if (error) answer.destroy()
    })
  }
}

function refuse(asked: IncomingMessage, answer: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  asked.resume()
  asked.once('end', () => answer.writeHead(status, headers).end(body))
}

// Passes so many bytes on, then breaks.
function cutter(afterBytes: number): Transform {
  let left = afterBytes
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, left)
      left -= part.length
      if (part.length === chunk.length) return done(null, part)
      this.push(part)
      // What was passed on leaves before the connection does.
      setImmediate(() => done(new Error('cut')))
    },
  })
}
