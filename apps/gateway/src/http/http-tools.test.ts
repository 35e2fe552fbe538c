import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aGateway, closedAfterTest } from './targets.test-support.ts'

function aLedger(): McpServer {
  const server = new McpServer({ name: 'ledger', version: '1.0.0' })
  server.registerTool('find_invoice', { inputSchema: { id: z.number() } }, ({ id }) => ({
    content: [{ type: 'text', text: `invoice ${id} is at ledger.internal` }],
  }))
  server.registerTool('fail', { inputSchema: {} }, () => ({ isError: true, content: [{ type: 'text', text: 'no such invoice' }] }))
  return server
}

/** A real MCP server over Streamable HTTP, which answers with one JSON or with a stream of events. */
async function aStreamableServer(enableJsonResponse: boolean): Promise<number> {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID(), enableJsonResponse })
  const mcp = aLedger()
  await mcp.connect(transport as never)
  const server = createServer((req, res) => void transport.handleRequest(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closedAfterTest({
    close: async () => {
      await mcp.close()
      server.closeAllConnections()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

/** A real MCP server over the older transport: one stream for all answers, another address for calls. */
async function aServerOfTwoEndpoints(): Promise<number> {
  const transports = new Map<string, SSEServerTransport>()
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://target.invalid')
    if (pathname === '/messages') return void transports.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(req, res)
    const transport = new SSEServerTransport('/messages', res)
    transports.set(transport.sessionId, transport)
    void aLedger().connect(transport)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closedAfterTest({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

// In a process of its own: the client's packages offer their sources under the condition that this test's are found by.
const CLIENT = `
  import { Client } from '@modelcontextprotocol/sdk/client/index.js'
  import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
  import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
  const [kind, url, token] = process.argv.slice(1)
  const headers = { authorization: 'Bearer ' + token }
  const Transport = kind === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport
  const client = new Client({ name: 'agent', version: '1.0.0' })
  await client.connect(new Transport(new URL(url), { requestInit: { headers } }))
  const found = await client.callTool({ name: 'find_invoice', arguments: { id: 7 } })
  await client.callTool({ name: 'fail', arguments: {} })
  console.log(found.content[0].text)
  process.exit(0)
`

async function callTools(kind: 'sse' | 'streamable', url: string, token: string): Promise<string> {
  const args = ['--input-type=module', '-e', CLIENT, kind, url, token]
  return (await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 30_000 })).stdout.trim()
}

describe('tools that an agent calls over the Model Context Protocol', () => {
  it.each([
    ['one JSON', true],
    ['a stream of events', false],
  ])('are recorded with their arguments and results, answered by %s', async (_, isJson) => {
    const gateway = await aGateway([{ port: await aStreamableServer(isJson) }])
    const answer = await callTools('streamable', `${gateway.url}/targets/billing/mcp`, gateway.mint().token)
    expect(answer).toBe('invoice 7 is at ledger.internal')
    await gateway.recorded('tool.result', 2)
    expectCalls(gateway)
  })

  it('are matched with results that come by another stream', async () => {
    const gateway = await aGateway([{ port: await aServerOfTwoEndpoints(), aliases: ['127.0.0.1'] }])
    const answer = await callTools('sse', `${gateway.url}/sse`, gateway.mint().token)
    expect(answer).toBe('invoice 7 is at ledger.internal')
    await gateway.recorded('tool.result', 2)
    expectCalls(gateway)
  })
})

function expectCalls(gateway: Awaited<ReturnType<typeof aGateway>>): void {
  const recorded = gateway.of('tool.call')
  expect(recorded.map(({ body }) => [body.protocol, body.name, JSON.parse(body.arguments)])).toEqual([
    ['mcp', 'find_invoice', { id: 7 }],
    ['mcp', 'fail', {}],
  ])
  const requests = new Map(gateway.of('http.request').map((event) => [event.seq, event.body.body?.data]))
  for (const { body } of recorded) expect(JSON.stringify(requests.get(body.request))).toContain('tools/call')
  const results = gateway.of('tool.result')
  expect(results.map(({ body }) => [body.call, body.isError])).toEqual([
    [recorded[0]?.seq, false],
    [recorded[1]?.seq, true],
  ])
  expect(JSON.parse(results[0]?.body.result ?? '')).toMatchObject({ content: [{ text: 'invoice 7 is at ledger.internal' }] })
  expect(results[0]?.observables).toMatchObject([{ kind: 'host', value: 'ledger.internal', role: 'answered', at: '/result' }])
  expect(gateway.faults).toEqual([])
}
