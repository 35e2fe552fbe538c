import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Cast } from './seeded.ts'
import { type DemoTarget, IDLE_SECONDS } from './targets.ts'

const INVOICES = Array.from({ length: 24 }, (_, n) => ({
  id: 7000 + n,
  customer: `customer-${n % 17}`,
  total: (n * 7919) % 1000,
  isPaid: n % 3 > 0,
}))

/** An internal service over HTTP that lets in who has its token. The gateway holds none: callers bring it. */
export async function startService(cast: Cast, host: string): Promise<DemoTarget> {
  const server = createServer((request, response) => {
    const isKnown = [cast.billingToken, cast.reportingToken].some((token) => request.headers.authorization === `Bearer ${token}`)
    const answer = isKnown ? { invoices: INVOICES } : { error: 'the token is not known' }
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const target = {
    name: 'billing',
    aliases: [cast.billingHost],
    protocol: 'http',
    address: `${host}:${port}`,
    account: 'svc-agent',
    credential: 'caller',
    idleSeconds: IDLE_SECONDS,
  }
  const stop = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { target, secrets: {}, stop }
}
