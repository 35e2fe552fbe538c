import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aGateway, aRawTarget, aTarget, bodyOf, curl, exchangeRaw } from './targets.test-support.ts'

async function anEcho() {
  return aTarget(async (req, res) => {
    const body = await bodyOf(req)
    res.setHeader('x-seen', `${req.method} ${req.url} ${req.headers['transfer-encoding'] ?? req.headers['content-length'] ?? '-'}`)
    res.setHeader('content-type', 'text/plain').end(`${req.method} ${body}`)
  })
}

describe('curl', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('asks with %s', async (method) => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const { stdout } = await curl('-X', method, '-u', `agent:${token}`, '-d', 'a=b', `${gateway.url}/targets/billing/x?y=z`)
    expect(stdout).toBe(`${method} a=b`)
    expect(gateway.bodies('http.request')[0]).toMatchObject({ method, path: '/x?y=z', body: { data: { utf8: 'a=b' } } })
  })

  it('belongs to the trace that it names', async () => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port }])
    const traceparent = '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01'
    await curl('-H', `traceparent: ${traceparent}`, '-u', `agent:${gateway.mint().token}`, `${gateway.url}/targets/billing/x`)
    const [request] = gateway.of('http.request')
    expect(request?.body.headers).toContainEqual(['traceparent', traceparent])
    expect(request?.observables).toContainEqual(
      expect.objectContaining({ kind: 'trace', role: 'asked', value: traceparent.slice(3, 35).toLowerCase() }),
    )
  })

  it('asks with HEAD, and gets the length without a body', async () => {
    const target = await aTarget((_req, res) => res.setHeader('content-length', '1234').end())
    const gateway = await aGateway([{ port: target.port }])
    const { stdout } = await curl('-I', '-H', `Authorization: Bearer ${gateway.mint().token}`, `${gateway.url}/targets/billing/`)
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*content-length: 1234/i)
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: 200, body: null, end: { isComplete: true, bytesToCaller: 0 } })
  })

  it('uses the gateway as its proxy, with the token as the proxy’s credential', async () => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port, aliases: ['billing.internal'] }])
    const { token } = gateway.mint()
    const { stdout } = await curl('-x', gateway.url, '-U', `agent:${token}`, 'http://billing.internal/v1/x')
    expect(stdout).toBe('GET ')
    expect(gateway.bodies('http.request')[0]).toMatchObject({ path: '/v1/x', host: 'billing.internal' })
  })

  it('is told that there are no tunnels, and the attempt is recorded', async () => {
    const gateway = await aGateway([{ port: 1 }])
    const { stderr, stdout } = await curl('-x', gateway.url, '-v', 'https://billing.internal/')
    expect(stderr).toContain('405')
    expect(stdout).toBe('')
    await gateway.recorded('access.decided')
    expect(gateway.bodies('access.decided')[0]).toMatchObject({ reason: 'not-granted', asked: { action: 'CONNECT billing.internal:443' } })
  })

  it('uploads a file in chunks, after it was told to continue', async () => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port }])
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-curl-')), 'upload.txt')
    writeFileSync(file, 'line\n'.repeat(400_000))
    const { stdout, stderr } = await curl(
      ...[
        '-T',
        file,
        '-v',
        '-H',
        'Transfer-Encoding: chunked',
        '-H',
        'Expect: 100-continue',
        '-H',
        `Hoptrace-Token: ${gateway.mint().token}`,
      ],
      `${gateway.url}/targets/billing/`,
    )
    expect(stderr).toContain('100 Continue')
    expect(stdout).toHaveLength(2_000_004)
    expect(stderr).toMatch(/x-seen: PUT \/upload.txt chunked/i)
  })

  it('is refused before it uploads, when it waits to be told to continue', async () => {
    const gateway = await aGateway([{ port: 1 }])
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-curl-')), 'upload.txt')
    writeFileSync(file, 'x'.repeat(1_000_000))
    const { stdout, stderr } = await curl('-T', file, '-v', '-H', 'Expect: 100-continue', `${gateway.url}/targets/billing/`)
    expect(JSON.parse(stdout)).toMatchObject({ status: 401, reason: 'no-credential' })
    expect(stderr).not.toContain('100 Continue')
  })

  it('gets its refusal even while it is sending a long body', async () => {
    const gateway = await aGateway([{ port: 1 }])
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-curl-')), 'upload.txt')
    writeFileSync(file, 'x'.repeat(30_000_000))
    const { stdout } = await curl('-T', file, '-H', 'Expect:', `${gateway.url}/targets/billing/`)
    expect(JSON.parse(stdout)).toMatchObject({ status: 401 })
  })

  it('speaks HTTP/1.0', async () => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port }])
    const { stdout } = await curl('--http1.0', '-i', '-H', `Hoptrace-Token: ${gateway.mint().token}`, `${gateway.url}/targets/billing/`)
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(stdout).not.toMatch(/chunked/)
    expect(gateway.bodies('http.request')[0]).toMatchObject({ httpVersion: '1.0' })
  })

  it('goes on in HTTP/1.1 where it offers HTTP/2, body and all', async () => {
    const target = await anEcho()
    const gateway = await aGateway([{ port: target.port }])
    const { stdout } = await curl(
      '--http2',
      '-d',
      'a=b',
      '-H',
      `Hoptrace-Token: ${gateway.mint().token}`,
      `${gateway.url}/targets/billing/`,
    )
    expect(stdout).toBe('POST a=b')
    expect(gateway.bodies('http.request')[0]?.headers.map(([name]) => name)).not.toContain('upgrade')
  })

  it('gets a redirect to another host as it is, and the record says where that leads', async () => {
    let asked = 0
    const target = await aTarget((req, res) => {
      asked += 1
      const to = req.url === '/away' ? 'https://elsewhere.example/login' : '/home'
      res.writeHead(302, { location: to }).end()
    })
    const gateway = await aGateway([{ port: target.port, aliases: ['billing.internal'] }])
    const { token } = gateway.mint()
    for (const path of ['away', 'near'])
      await curl('-H', `Hoptrace-Token: ${token}`, '-H', 'Host: billing.internal', `${gateway.url}/${path}`)
    expect(asked).toBe(2)
    expect(gateway.bodies('http.response').map((body) => body.redirect)).toEqual([
      { to: 'https://elsewhere.example/login', isElsewhere: true },
      { to: '/home', isElsewhere: false },
    ])
  })
})

describe('answers without a body', () => {
  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 10\r\n\r\n'],
  ])('(%s) end with their head', async (status, bytes) => {
    const target = await aRawTarget((socket) => socket.write(bytes))
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const one = `GET /targets/billing/ HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\n`
    const answer = await exchangeRaw(gateway.port, `${one}\r\n${one}Connection: close\r\n\r\n`)
    expect(answer.split(`HTTP/1.1 ${status}`)).toHaveLength(3)
    expect(gateway.bodies('http.response').map((body) => [body.status, body.body, body.end?.isComplete])).toEqual([
      [Number(status), null, true],
      [Number(status), null, true],
    ])
  })
})

describe('what is not recorded', () => {
  it('does not pass: interim answers and trailers', async () => {
    const target = await aRawTarget((socket) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nok\r\n0\r\nX-T: hidden\r\n\r\n',
      ),
    )
    const gateway = await aGateway([{ port: target.port }])
    const head = `GET /targets/billing/ HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${gateway.mint().token}\r\nConnection: close\r\n\r\n`
    const answer = await exchangeRaw(gateway.port, head)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*ok$/)
    expect(answer).not.toMatch(/Early|hidden|Trailer/)
  })
})
