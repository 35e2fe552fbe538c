import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Control = { url: string; stop(): Promise<void> }

/** The control endpoint of a gateway that knows one run, which lives, and no target. */
export async function startControl(run: { id: string; principal: string; rootPrincipal: string }): Promise<Control> {
  const now = Date.now()
  const times = { startedAt: new Date(now - 3_600_000).toISOString(), expiresAt: new Date(now + 3_600_000).toISOString() }
  const grants = [{ target: 'billing', protocol: 'http' }]
  const live = {
    ...run,
    ...times,
    grants,
    lineage: [],
    agent: null,
    task: 'reconcile invoices',
    owner: 'ana',
    state: 'live',
    openSessions: 1,
  }
  const answers: Record<string, unknown> = { '/runs': { runs: [live] }, '/targets': { targets: [] }, '/healthz': { recording: 'ok' } }
  const server = createServer(({ url = '' }, response) => {
    response.writeHead(url in answers ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answers[url] ?? {}))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((done) => server.close(() => done()))
}
