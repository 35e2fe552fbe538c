import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from '../metrics/metrics.ts'
import { type Checks, readinessOf } from './checks.ts'

export type Address = { host: string; port: number }

export type OpsServerOptions = {
  listen: Address
  metrics: Metrics
  /** What must hold for the process to do its work, by name. */
  checks: Checks
}

/** Probes and scrapes come one at a time; more is a mistake or an attack. */
const MAX_CONNECTIONS = 64
const ANSWER_WITHIN_MS = 2_000
const REQUEST_WITHIN_MS = 5_000

/** `/healthz`: the process lives. `/readyz`: it does its work. `/metrics`: its numbers. For the operators' network alone. */
export class OpsServer {
  private isDraining = false

  private constructor(
    private readonly server: Server,
    private readonly options: OpsServerOptions,
  ) {}

  /** Rejects when the address cannot be had. */
  static async start(options: OpsServerOptions): Promise<OpsServer> {
    const server = createServer({ requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS })
    server.maxConnections = MAX_CONNECTIONS
    const ops = new OpsServer(server, options)
    server.on('request', (request, response) => {
      ops.answer(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.listen.port, options.listen.host, resolve)
    })
    return ops
  }

  /** Where it listens: the port that was given, when 0 was asked for. */
  get address(): Address {
    const { address, port } = this.server.address() as AddressInfo
    return { host: address, port }
  }

  /** From now on not ready: whoever routes to this process stops before it closes its doors. */
  drain(): void {
    this.isDraining = true
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.server.closeAllConnections()
    await closed
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, JSON_TYPE, '{"error":"only GET"}')
    const path = (request.url ?? '').split('?')[0]
    if (path === '/healthz') return send(response, 200, JSON_TYPE, '{"status":"alive"}')
    if (path === '/readyz') return this.answerReadiness(response)
    if (path === '/metrics') return send(response, 200, this.options.metrics.contentType, await this.options.metrics.text())
    return send(response, 404, JSON_TYPE, '{"error":"not here"}')
  }

  private async answerReadiness(response: ServerResponse): Promise<void> {
    const readiness = await readinessOf(this.options.checks, ANSWER_WITHIN_MS)
    const answer = this.isDraining ? { ready: false, checks: { ...readiness.checks, process: 'stopping' } } : readiness
    send(response, answer.ready ? 200 : 503, JSON_TYPE, JSON.stringify(answer))
  }
}

const JSON_TYPE = 'application/json; charset=utf-8'

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.end(body)
}
