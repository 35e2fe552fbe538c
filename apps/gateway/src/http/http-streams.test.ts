import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type WebSocket as Socket, WebSocket, WebSocketServer } from 'ws'
import { until } from '../recording/recordings.test-support.ts'
import { aGateway, aTarget, bodyOf, closedAfterTest } from './targets.test-support.ts'

async function aWebSocketTarget(serve: (socket: Socket) => void) {
  const target = await aTarget((_req, res) => res.writeHead(404).end())
  const server = closedAfterTest(new WebSocketServer({ server: target.server, perMessageDeflate: true }))
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    serve(socket)
  })
  return target
}

function aWebSocket(url: string, token: string): WebSocket {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: { authorization: `Bearer ${token}` } })
  closedAfterTest({ close: () => socket.terminate() })
  return socket
}

const opened = (socket: WebSocket) => new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))

describe('server-sent events', () => {
  it('pass through as they come, the first ones recorded and all counted', async () => {
    const target = await aTarget((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write('data: the host is ledger.internal\n\n')
      res.write(': keep-alive\n\n')
      for (let n = 0; n < 500; n++) res.write(`id: ${n}\r\ndata: {"n":${n}}\r\n\r\n`)
      setImmediate(() => res.end())
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/events`, { headers: { authorization: `Bearer ${token}` } })
    expect((await answer.text()).split('data:')).toHaveLength(502)
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: 200, stream: 'sse', body: { mediaType: 'text/event-stream' } })
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ isComplete: true, messages: { toCaller: 501, toTarget: 0 } })
    const messages = gateway.of('http.message')
    expect(messages).toHaveLength(200)
    expect(messages[0]?.body).toMatchObject({ kind: 'event', direction: 'toCaller', data: { utf8: 'data: the host is ledger.internal\n' } })
    expect(messages[0]?.observables).toMatchObject([
      { kind: 'host', value: 'ledger.internal', role: 'answered', at: '/data/utf8', offset: 18 },
    ])
  })

  it('end with their target, and say so', async () => {
    const target = await aTarget((req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      setImmediate(() => req.socket.resetAndDestroy())
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/events`, { headers: { authorization: `Bearer ${token}` } })
    await expect(answer.text()).rejects.toThrow()
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ isComplete: false, messages: { toCaller: 1 } })
    expect(gateway.bodies('http.ended')[0]?.message).toContain('connection to the target was lost')
  })
})

describe('a WebSocket', () => {
  it('passes messages both ways, each on record before it goes on', async () => {
    const target = await aWebSocketTarget((socket) => socket.on('message', (text, isBinary) => socket.send(text, { binary: isBinary })))
    const gateway = await aGateway([{ port: target.port }])
    const socket = aWebSocket(`${gateway.url}/targets/billing/live`, gateway.mint().token)
    await opened(socket)
    const echoes: string[] = []
    socket.on('message', (data) => echoes.push(String(data).slice(0, 20)))
    socket.send('where is ledger.internal?')
    socket.send(Buffer.from([0xff, 0, 1]))
    socket.send('x'.repeat(300_000))
    await until(() => echoes.length === 3)
    socket.close(1000, 'done')
    expect(await closed(socket)).toBe(1000)
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: 101, stream: 'websocket', body: null })
    expect(gateway.bodies('http.ended')[0]).toMatchObject({
      isComplete: true,
      message: 'closed by the caller (1000): done',
      messages: { toTarget: 3, toCaller: 3 },
    })
    const asked = gateway.bodies('http.message').filter((message) => message.direction === 'toTarget')
    expect(asked.map(({ kind, data }) => [kind, data])).toMatchObject([
      ['text', { utf8: 'where is ledger.internal?' }],
      ['binary', { base64: Buffer.from([0xff, 0, 1]).toString('base64') }],
      ['text', { utf8: 'x'.repeat(16_384) }],
    ])
    expect(asked[2]?.truncated).toEqual({ kept: 16_384, total: 300_000 })
    expect(gateway.faults).toEqual([])
  })

  it('counts beyond those that it records, and holds nothing up', async () => {
    const target = await aWebSocketTarget((socket) => socket.on('message', (text) => socket.send(text)))
    const gateway = await aGateway([{ port: target.port }])
    const socket = aWebSocket(`${gateway.url}/targets/billing/live`, gateway.mint().token)
    await opened(socket)
    let echoes = 0
    socket.on('message', () => (echoes += 1))
    for (let n = 0; n < 2000; n++) socket.send(`message ${n}`)
    await until(() => echoes === 2000)
    socket.close()
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.message')).toHaveLength(400)
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ messages: { toTarget: 2000, toCaller: 2000 } })
  })

  it('ends with its session, and each side is told in its own form', async () => {
    const codes: number[] = []
    const target = await aWebSocketTarget((socket) => socket.on('close', (code) => codes.push(code)))
    const gateway = await aGateway([{ port: target.port }])
    const { token, run } = gateway.mint()
    const socket = aWebSocket(`${gateway.url}/targets/billing/live`, token)
    await opened(socket)
    const code = closed(socket)
    gateway.recordings.stopRuns(new Set([run]), { reason: 'revoked', message: 'the run was revoked' })
    expect(await code).toBe(1008)
    await until(() => codes.length === 1)
    expect(codes).toEqual([1008])
    await gateway.recorded('session.ended')
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ isComplete: false, message: 'the run was revoked' })
  })

  it('gets the target’s own answer where that refuses to upgrade, and the gateway’s where the run may not', async () => {
    const target = await aTarget((_req, res) => res.end())
    target.server.on('upgrade', (_req, socket) => socket.end('HTTP/1.1 418 Short\r\nContent-Length: 3\r\n\r\nno!'))
    const gateway = await aGateway([{ port: target.port }])
    const refusal = (token: string) =>
      new Promise<number | undefined>((resolve) => {
        const socket = aWebSocket(`${gateway.url}/targets/billing/live`, token)
        socket.on('unexpected-response', (_req, res) => resolve(res.statusCode))
        socket.on('error', () => {})
      })
    expect(await refusal(gateway.mint().token)).toBe(418)
    expect(await refusal('hop_nobody-knows-this-one')).toBe(401)
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: 418, body: { data: { utf8: 'no!' } } })
  })
})

describe('bodies', () => {
  it('stream through at their own length, sampled, counted and digested, both ways', async () => {
    const sent = Buffer.from(randomBytes(3_000_000).toString('hex'))
    let received = Buffer.alloc(0)
    const target = await aTarget(async (req, res) => {
      received = Buffer.from(await bodyOf(req))
      res.setHeader('content-type', 'text/plain').end(received)
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: sent,
    })
    expect(Buffer.from(await answer.arrayBuffer()).equals(sent)).toBe(true)
    expect(received.equals(sent)).toBe(true)
    await gateway.recorded('http.ended')
    const { hash } = await import('node:crypto')
    const sha256 = hash('sha256', sent)
    expect(gateway.bodies('http.ended')[0]).toMatchObject({
      bytesToTarget: sent.length,
      bytesToCaller: sent.length,
      sha256ToTarget: sha256,
      sha256ToCaller: sha256,
      isComplete: true,
    })
    const { body } = gateway.bodies('http.request')[0] ?? {}
    expect(body?.data).toEqual({ utf8: sent.subarray(0, 65_536).toString() })
    expect(body?.truncated?.kept).toBe(65_536)
  })

  it('that are compressed are recorded decoded, and pass as they are', async () => {
    const text = '{"host":"ledger.internal"}'
    const target = await aTarget((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(text))
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/`, { headers: { authorization: `Bearer ${token}` } })
    expect(await answer.text()).toBe(text)
    expect(gateway.bodies('http.response')[0]?.body).toEqual({ data: { utf8: text }, encoding: 'gzip', mediaType: 'application/json' })
    expect(gateway.of('http.response')[0]?.observables).toMatchObject([{ kind: 'host', value: 'ledger.internal', at: '/body/data/utf8' }])
  })

  it('that decode to a thousand times their size are decoded no further than the sample', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const target = await aTarget((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(bomb)
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const { request } = await import('undici')
    const { body } = await request(`${gateway.url}/targets/billing/`, { headers: { authorization: `Bearer ${token}` } })
    await body.dump({ limit: 1e9 })
    await until(() => gateway.bodies('http.ended').length + gateway.bodies('http.response').filter((one) => one.end).length === 1)
    const recorded = gateway.bodies('http.response')[0]?.body
    expect(recorded?.truncated?.kept).toBeLessThanOrEqual(65_536)
    expect(recorded?.truncated?.total).toBeLessThan(256 * 1024)
  })

  it('that pause are recorded as far as they came, and go on', async () => {
    const target = await aTarget((req, res) => {
      req.on('data', (chunk: Buffer) => res.write(chunk))
      req.on('end', () => res.end())
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const answering = fetch(`${gateway.url}/targets/billing/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
      body: readable,
      duplex: 'half',
    } as RequestInit)
    await writer.write(Buffer.from('first'))
    await gateway.recorded('http.response')
    await writer.write(Buffer.from(' second'))
    await writer.close()
    expect(await (await answering).text()).toBe('first second')
    expect(gateway.bodies('http.request')[0]?.body?.data).toEqual({ utf8: 'first' })
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ bytesToTarget: 12, bytesToCaller: 12, isComplete: true })
  })
})
