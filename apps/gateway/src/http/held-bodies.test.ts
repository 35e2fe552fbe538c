import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { aGateway, aTarget, bodyOf, closedAfterTest } from './targets.test-support.ts'

const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'wipe', arguments: { all: true } } })

/** Sends a request in two parts with a pause between them that is longer than a stream is waited for. */
async function pausedAfter(head: string, rest: string) {
  const target = await aTarget(async (req, res) => {
    const body = await bodyOf(req)
    setTimeout(() => res.end(body), req.url === '/pause' ? 300 : 0)
  })
  const gateway = await aGateway([{ port: target.port }])
  const { token } = gateway.mint()
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => {})
  closedAfterTest({ close: () => socket.destroy() })
  socket.write(`POST /targets/billing/mcp HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\n${head}`)
  await fetch(`${gateway.url}/targets/billing/pause`, { headers: { 'hoptrace-token': token } })
  const before = gateway.bodies('http.request').filter(({ path }) => path === '/mcp').length
  socket.write(rest)
  await gateway.recorded('http.response', 2)
  return { gateway, before, request: gateway.bodies('http.request').find(({ path }) => path === '/mcp') }
}

describe('a body after a pause', () => {
  it.each([
    ['of stated length', `Content-Type: text/plain\r\nContent-Length: ${CALL.length}\r\n\r\n`, CALL],
    [
      'that is one document',
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      `${CALL.length.toString(16)}\r\n${CALL}\r\n0\r\n\r\n`,
    ],
  ])('(%s) is on record before any of it is sent on', async (_, head, rest) => {
    const { before, request } = await pausedAfter(head, rest)
    expect(before).toBe(0)
    expect(request?.body?.data).toEqual({ utf8: CALL })
  })

  it('hides no call of a tool', async () => {
    const { gateway } = await pausedAfter(`Content-Type: application/json\r\nContent-Length: ${CALL.length}\r\n\r\n`, CALL)
    expect(gateway.bodies('tool.call')).toMatchObject([{ name: 'wipe', arguments: '{"all":true}' }])
  })

  it('that may be a stream goes on as far as it came', async () => {
    const { before } = await pausedAfter('Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n', '1\r\nb\r\n0\r\n\r\n')
    expect(before).toBe(1)
  })
})
