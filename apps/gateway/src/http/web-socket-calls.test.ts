import { expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { aGateway, aTarget, closedAfterTest } from './targets.test-support.ts'

it('a tool that is called over a WebSocket is on record after however many other messages', async () => {
  const target = await aTarget((_req, res) => void res.end())
  const server = closedAfterTest(new WebSocketServer({ server: target.server }))
  server.on('connection', (socket) => socket.on('message', (text) => String(text).includes('tools/call') && socket.send('done')))
  const gateway = await aGateway([{ port: target.port }])
  const headers = { authorization: `Bearer ${gateway.mint().token}` }
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/targets/billing/`, { headers })
  closedAfterTest({ close: () => socket.terminate() })
  await new Promise((resolve) => socket.once('open', resolve))
  const answered = new Promise((resolve) => socket.once('message', resolve))
  for (let id = 0; id < 300; id++) socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 'x', method: 'tools/call', params: { name: 'wipe' } }))
  await answered
  expect(gateway.bodies('tool.call')).toMatchObject([{ name: 'wipe', id: '"x"' }])
  expect(gateway.bodies('http.message').filter(({ direction }) => direction === 'toTarget')).toHaveLength(200)
})
