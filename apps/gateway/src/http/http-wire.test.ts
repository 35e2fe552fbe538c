import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import type { HttpGateway } from './gateway.test-support.ts'
import { aGateway, aTarget, bodyOf } from './targets.test-support.ts'

function connected(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
  })
}

/** Sends a request in two pieces, and waits for its answer. */
async function askInPieces(gateway: HttpGateway, bytes: Buffer, at: number): Promise<string> {
  const socket = await connected(gateway.port)
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += String(chunk)
  })
  socket.write(bytes.subarray(0, at))
  // The gateway reads the first piece alone, most often; what it records must not tell either way.
  await new Promise((resolve) => setImmediate(resolve))
  socket.write(bytes.subarray(at))
  await until(() => answer.endsWith('done'))
  socket.destroy()
  return answer
}

describe('what is recorded of a request and its answer', () => {
  it.each([
    ['a length', 'Content-Length: 24\r\n\r\n{"host":"db.internal:1"}'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\nb\r\n{"host":"db\r\nd;x=y\r\n.internal:1"}\r\n0\r\nT: x\r\n\r\n'],
  ])('does not depend on the pieces in which it came, with %s', async (_, body) => {
    const target = await aTarget(async (req, res) => res.end(`${req.method} ${await bodyOf(req)} done`))
    const gateway = await aGateway([{ port: target.port }])
    const { token } = gateway.mint()
    const head = `POST /targets/billing/v1?a=b HTTP/1.1\r\nHost: g\r\nHoptrace-Token: ${token}\r\nContent-Type: application/json\r\n`
    const bytes = Buffer.from(head + body)
    const answers = new Set<string>()
    for (let at = 0; at < bytes.length; at++) answers.add((await askInPieces(gateway, bytes, at)).replace(/Date: .*/, ''))
    expect(answers.size).toBe(1)
    await until(() => gateway.bodies('http.response').length === bytes.length)
    const asked = gateway
      .of('http.request')
      .map(({ body: { from, ...rest }, observables }) => JSON.stringify([from !== '', rest, observables]))
    expect(asked).toHaveLength(bytes.length)
    expect(new Set(asked).size).toBe(1)
    expect(asked[0]).toContain('"value":"db.internal"')
    const answered = gateway.bodies('http.response').map(({ request: _request, durationUs: _us, end, headers, ...rest }) => {
      return JSON.stringify([rest, { ...end, durationUs: 0 }, headers.filter(([name]) => name !== 'date')])
    })
    expect(new Set(answered).size).toBe(1)
    expect(gateway.faults).toEqual([])
  })
})
