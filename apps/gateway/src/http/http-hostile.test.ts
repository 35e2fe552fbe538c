import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { aGateway, aRawTarget, aTarget, bodyOf, exchangeRaw } from './targets.test-support.ts'

/** A gateway whose target answers with these bytes, and what a caller of it gets. */
async function answeredWith(bytes: string, then: 'end' | 'reset' | 'stay' = 'stay') {
  const target = await aRawTarget((socket) => {
    socket.write(Buffer.from(bytes, 'latin1'))
    if (then === 'end') socket.end()
    if (then === 'reset') setImmediate(() => socket.resetAndDestroy())
  })
  const gateway = await aGateway([{ port: target.port }])
  const { token } = gateway.mint()
  const answer = await exchangeRaw(
    gateway.port,
    `GET /targets/billing/ HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nConnection: close\r\n\r\n`,
  )
  await until(() => gateway.bodies('http.response').some((body) => body.end) || gateway.bodies('http.ended').length > 0)
  const [response] = gateway.bodies('http.response')
  return { gateway, answer, response, end: response?.end ?? gateway.bodies('http.ended')[0] }
}

describe('an answer that is no HTTP', () => {
  it.each([
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding that nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a header without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'X-Y: z\r\n'.repeat(400)}\r\n`],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\nbytes'],
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ])('(%s) is a 502 with its reason, and a recorded end', async (_, bytes) => {
    const { answer, response, end, gateway } = await answeredWith(bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(answer).toMatch(/"reason":"target-(malformed|lost)"/)
    expect(response?.refused).toMatch(/malformed|too many|transfer coding|lost/)
    expect(end).toMatchObject({ isComplete: false })
    expect(gateway.faults).toEqual([])
  })

  it('ends the answer where it broke, when part of it is out', async () => {
    const target = await aRawTarget((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n5\r\nhello\r\n')
      setTimeout(() => socket.write('zz\r\n'), 300)
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/`, { headers: { 'hoptrace-token': token } })
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: 200, body: { data: { utf8: 'hello' } } })
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ isComplete: false, sha256ToCaller: null, bytesToCaller: 5 })
  })
})

describe('an answer that breaks off', () => {
  it.each([
    ['before its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', 'end' as const],
    ['in the middle of its head', 'HTTP/1.1 200 OK\r\nContent-', 'end' as const],
    ['before it begins', '', 'reset' as const],
  ])('%s is a 502 and never tried again', async (_, bytes, then) => {
    const { answer, end, gateway } = await answeredWith(bytes, then)
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(end).toMatchObject({ isComplete: false })
    expect(gateway.bodies('http.request')).toHaveLength(1)
  })

  it('says of a target that is not there that it cannot be reached', async () => {
    const gateway = await aGateway([{ port: 1 }])
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/`, { headers: { 'hoptrace-token': token } })
    expect([answer.status, await answer.json()]).toMatchObject([502, { reason: 'target-unreachable' }])
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: null, refused: 'the target could not be reached (ECONNREFUSED)' })
  })

  it('is given up where it does not begin in time', async () => {
    const target = await aRawTarget(() => {})
    const gateway = await aGateway([{ port: target.port }], { answerTimeoutMs: 1000 })
    const { token } = gateway.mint()
    const answer = await fetch(`${gateway.url}/targets/billing/`, { headers: { 'hoptrace-token': token } })
    expect([answer.status, await answer.json()]).toMatchObject([504, { reason: 'target-timeout' }])
  })
})

describe('a request that two readers could read in two ways', () => {
  const head = 'POST /targets/billing/ HTTP/1.1\r\nHost: g\r\n'
  it.each([
    ['a length beside chunks', `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks beside a length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['a list of lengths', `${head}Content-Length: 1, 1\r\n\r\na`],
    ['a signed length', `${head}Content-Length: +1\r\n\r\na`],
    ['an unknown coding', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['two codings', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['chunks in HTTP/1.0', 'POST /targets/billing/ HTTP/1.0\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a folded field', `${head}X-A: b\r\n c\r\n\r\n`],
    ['a space before the colon', 'GET /targets/billing/ HTTP/1.1\r\nHost : g\r\n\r\n'],
    ['two hosts', `${head}Host: h\r\n\r\n`],
    ['no host', 'GET /targets/billing/ HTTP/1.1\r\n\r\n'],
    ['a host that is none', 'GET /targets/billing/ HTTP/1.1\r\nHost: a@b\r\n\r\n'],
    ['two tokens', `${head}Hoptrace-Token: a\r\nHoptrace-Token: b\r\n\r\n`],
    ['two credentials', `${head}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`],
    ['bare line feeds', 'GET /targets/billing/ HTTP/1.1\nHost: g\n\n'],
    ['a bare carriage return', 'GET /targets/billing/ HTTP/1.1\r\nHost: g\rX: b\r\n\r\n'],
    ['a NUL', `${head}X: a\0b\r\n\r\n`],
    ['a user in its URL', 'GET http://u:p@billing/ HTTP/1.1\r\nHost: billing\r\n\r\n'],
    ['a fragment', 'GET /targets/billing/#x HTTP/1.1\r\nHost: g\r\n\r\n'],
    ['a chunk of no size', `${head}Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n`],
    ['too many fields', `${head}${'a: b\r\n'.repeat(200)}\r\n`],
    ['fields that are too large', `${head}X: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['an unknown method', 'BREW /targets/billing/ HTTP/1.1\r\nHost: g\r\n\r\n'],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('(%s) is refused, recorded, and never reaches a target', async (_, bytes) => {
    let reached = 0
    const target = await aTarget((_req, res) => {
      reached += 1
      res.end()
    })
    const gateway = await aGateway([{ port: target.port }])
    const answer = await exchangeRaw(gateway.port, Buffer.from(bytes, 'latin1'), (text) => /\r\n\r\n.*\}/s.test(text))
    expect(answer).toMatch(/^HTTP\/1\.1 (400|401|431|501) /)
    expect(answer).toMatch(/"reason":"(malformed|no-credential)"/)
    expect(reached).toBe(0)
    await gateway.recorded('access.decided')
    expect(gateway.bodies('access.decided')[0]).toMatchObject({ decision: 'deny' })
  })

  it('ends in a 400 and a recorded end where its body turns malformed after it was sent on', async () => {
    const target = await aRawTarget(() => {})
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const socket = connect(gateway.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += String(chunk)))
    socket.write(
      `POST /targets/billing/ HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    )
    await gateway.recorded('http.request')
    socket.write('zz\r\n')
    await until(() => answer.includes('}'))
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"reason":"malformed"/s)
    await gateway.recorded('http.response')
    expect(gateway.bodies('http.response')[0]).toMatchObject({
      status: null,
      end: { isComplete: false, bytesToTarget: 5, sha256ToTarget: null },
    })
    await until(() => target.sockets.size === 0)
  })
})

describe('a caller that takes its time or leaves', () => {
  it('is told so and closed when its head does not come in time', async () => {
    const gateway = await aGateway([{ port: 1 }], { headersTimeoutMs: 500 })
    const answer = await exchangeRaw(gateway.port, 'GET /targets/billing/ HTTP/1.1\r\nHost: g\r\nX-Slow: ')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('ends its request at the target, and the record says that it left', async () => {
    let isAborted = false
    const target = await aTarget((req, res) => {
      res.on('close', () => (isAborted = true))
      if (req.url === '/stream') res.writeHead(200).write('begun')
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    for (const path of ['silent', 'stream']) {
      isAborted = false
      const socket = connect(gateway.port, '127.0.0.1')
      socket.write(`GET /targets/billing/${path} HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\n\r\n`)
      await gateway.recorded('http.request', path === 'silent' ? 1 : 2)
      if (path === 'stream') await gateway.recorded('http.response', 2)
      socket.destroy()
      await until(() => isAborted)
    }
    await gateway.recorded('http.ended')
    expect(gateway.bodies('http.response')[0]).toMatchObject({ status: null, end: { message: 'the caller closed the connection' } })
    expect(gateway.bodies('http.ended')[0]).toMatchObject({ isComplete: false, message: 'the caller closed the connection' })
  })

  it('does not have the whole of a long answer kept in memory for it', async () => {
    const bytes = 64 * 1024 * 1024
    let written = 0
    const target = await aTarget((_req, res) => {
      const write = () => {
        while (written < bytes) {
          written += 65_536
          if (!res.write(Buffer.alloc(65_536))) return void res.once('drain', write)
        }
        res.end()
      }
      write()
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const socket = connect(gateway.port, '127.0.0.1')
    socket.pause()
    socket.write(`GET /targets/billing/ HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nConnection: close\r\n\r\n`)
    let last = -1
    await until(() => {
      const isStill = last === written && written > 0
      last = written
      return isStill
    })
    expect(written).toBeLessThan(bytes / 2)
    let read = 0
    socket.on('data', (chunk: Buffer) => (read += chunk.length))
    socket.resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(read).toBeGreaterThan(bytes)
  })

  it('gets its answers in the order of its requests, each sent on only when the one before is answered', async () => {
    const order: string[] = []
    const target = await aTarget(async (req, res) => {
      order.push(`begin ${req.url} ${await bodyOf(req)}`)
      setTimeout(
        () => {
          order.push(`end ${req.url}`)
          res.end(`${req.url} `)
        },
        Number(req.url?.slice(1)),
      )
    })
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const one = (path: string, more: string, body = '') =>
      `POST /targets/billing/${path} HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`
    const answer = await exchangeRaw(gateway.port, one('80', '', 'a') + one('40', '', 'bc') + one('1', 'Connection: close\r\n'))
    expect(order).toEqual(['begin /80 a', 'end /80', 'begin /40 bc', 'end /40', 'begin /1 ', 'end /1'])
    expect([...answer.matchAll(/\/(\d+) /g)].map((match) => match[1])).toEqual(['80', '40', '1'])
  })

  it('learns nothing of another caller whose connections to the target it shares', async () => {
    const target = await aTarget(async (req, res) => {
      const body = await bodyOf(req)
      setTimeout(() => res.end(`${req.headers['x-who']} ${body}`), 5)
    })
    const gateway = await aGateway([{ port: target.port }])
    const runs = Array.from({ length: 4 }, (_, n) => ({ who: `run-${n}`, ...gateway.mint({}, `agent-${n}`) }))
    const ask = async (who: string, token: string, n: number) => {
      const headers = { 'hoptrace-token': token, 'x-who': who }
      const answer = await fetch(`${gateway.url}/targets/billing/`, { method: 'POST', headers, body: `${who}:${n}` })
      return (await answer.text()) === `${who} ${who}:${n}`
    }
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(runs[n % 4]?.who ?? '', runs[n % 4]?.token ?? '', n)))
    expect(answers.filter((isOwn) => !isOwn)).toEqual([])
    expect(gateway.faults).toEqual([])
  })
})
