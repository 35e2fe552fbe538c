import { connect } from 'node:tls'
import type { FakeKubernetes } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../recording/recordings.test-support.ts'
import { isPlainQuery } from './asked-request.ts'
import { isSet } from './exec-asked.ts'
import { aCluster, aKubernetesGateway, exchangesIn, type KubernetesGateway } from './gateway.test-support.ts'

describe('a query', () => {
  it.each([
    'command=echo;&command=rm&command=/data',
    'command=%zz&command=rm',
    '?command=echo&command=rm',
    'command=%ff',
    'command=é',
    'watch=1;',
  ])('%j is read in two ways, of which one would not be on record', (query) => {
    expect(isPlainQuery(query)).toBe(false)
  })

  it.each(['', 'watch', 'command=echo%3B&command=a+b', 'labelSelector=a%20in%20(b,c)&x=%C3%A9'])('%j is read in one way', (query) => {
    expect(isPlainQuery(query)).toBe(true)
  })

  it('says yes with a flag that does not say no', () => {
    const query = new URLSearchParams('a&b=&c=yes&d=1&e=false&f=0&g=FALSE')
    expect([...'abcdefgh'].map((name) => isSet(query, name))).toEqual([true, true, true, true, false, false, false, false])
  })
})

describe('a request to the door to Kubernetes', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  beforeAll(async () => {
    fake = await aCluster()
    gateway = await aKubernetesGateway(fake)
  })
  afterAll(async () => {
    await gateway.close()
    await fake.stop()
  })

  /** @returns the first line of the answer, once the answer has come as far as `end` */
  async function raw(token: string, line: string, more = '', body = '', end = '}'): Promise<string> {
    const socket = connect(gateway.port, '127.0.0.1', { ca: gateway.ca })
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += String(chunk)))
    socket.write(`${line} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer ${token}\r\n${more}\r\n${body}`)
    await until(() => answer.includes(end))
    socket.destroy()
    return answer.split('\r\n', 1)[0] ?? ''
  }

  it('whose query can be read in two ways goes no further', async () => {
    const before = fake.requests.length
    const path = '/clusters/prod/api/v1/namespaces/shop/pods?watch=1;'
    expect(await raw(gateway.aRun().token, `GET ${path}`)).toBe('HTTP/1.1 400 Bad Request')
    expect(fake.requests.length).toBe(before)
  })

  it.each(['GET', 'DELETE'])(
    'by %s whose path ends in nothing goes no further, in a namespace that is called proxy too',
    async (method) => {
      const before = fake.requests.length
      const line = `${method} /clusters/prod/api/v1/namespaces/proxy/secrets//`
      expect(await raw(gateway.aRun().token, line)).toBe('HTTP/1.1 400 Bad Request')
      expect(fake.requests.length).toBe(before)
    },
  )

  it('that holds a Secret leaves no digest of its body, against which values could be tried', async () => {
    const run = gateway.aRun()
    const secret = JSON.stringify({ kind: 'Secret', metadata: { name: 'pin' }, data: { pin: 'MTIzNA==' } })
    const head = `Content-Type: application/json\r\nContent-Length: ${secret.length}\r\n`
    await raw(run.token, 'POST /clusters/prod/api/v1/namespaces/shop/secrets', head, secret)
    await raw(run.token, 'GET /clusters/prod/api/v1/namespaces/shop/secrets/pin')
    await raw(run.token, 'GET /clusters/prod/api/v1/namespaces/shop/pods')
    await until(() => exchangesIn(run.events()).every(({ end }) => end !== undefined))
    expect(exchangesIn(run.events()).map(({ end }) => [end?.sha256ToTarget, end?.sha256ToCaller])).toEqual([
      [null, null],
      [null, null],
      [null, expect.any(String)],
    ])
  })
})
