import { type FakeKubernetes, freePort, kubectlMissing, kubectlsFound } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  aCluster,
  aKubernetesGateway,
  aWebServer,
  bodiesOf,
  exchangesIn,
  type KubernetesGateway,
  SECRET_VALUE,
  type TestRun,
} from './gateway.test-support.ts'

/** From here on kubectl forwards ports over WebSocket. */
const FIRST_TO_TUNNEL = 31
const PATIENT = { timeout: 10_000 }

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('streams of the API server', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  let web: Awaited<ReturnType<typeof aWebServer>>
  beforeAll(async () => {
    web = await aWebServer('from the pod\n')
    fake = await aCluster({ forwards: { 80: web.port } })
    gateway = await aKubernetesGateway(fake)
  })
  afterAll(async () => {
    expect(gateway.faults).toEqual([])
    await gateway.close()
    await fake.stop()
    web.server.close()
  })
  const map = (name: string, data = {}) => ({ kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data })
  const streamOf = (run: TestRun, verb: string) =>
    exchangesIn(run.events()).find(({ asked, answer }) => asked.verb === verb && answer?.stream)

  it('that watch show each change at once, are counted, and recorded as far as they begin', async () => {
    const run = gateway.aRun()
    const watch = run.start(['get', 'configmaps', '--watch', '-o', 'name'])
    await expect.poll(() => streamOf(run, 'watch')?.answer?.status, PATIENT).toBe(200)
    fake.create(map('first'), map('second'))
    await expect.poll(() => watch.stdout(), PATIENT).toBe('configmap/first\nconfigmap/second\n')
    watch.kill()
    await watch.ended
    await expect.poll(() => streamOf(run, 'watch')?.end, PATIENT).toBeDefined()
    const watched = streamOf(run, 'watch')
    expect(watched?.answer).toMatchObject({ status: 200, stream: 'watch' })
    expect(watched?.end).toMatchObject({ isComplete: false, message: 'the caller closed the connection' })
    expect(watched?.end?.messages?.toCaller).toBeGreaterThanOrEqual(2)
    const events = bodiesOf(run.events(), 'http.message').filter(({ request }) => request === watched?.seq)
    expect(events).toMatchObject([
      { kind: 'event', direction: 'toCaller', data: { utf8: expect.stringContaining('"name":"first"') } },
      { kind: 'event', data: { utf8: expect.stringContaining('"name":"second"') } },
    ])
  })

  it('that watch Secrets show their values to the caller alone', async () => {
    const run = gateway.aRun()
    const watch = run.start(['get', 'secrets', '--watch', '-o', 'jsonpath={.data.password}{"\\n"}'])
    await expect.poll(() => watch.stdout(), PATIENT).toContain(Buffer.from(SECRET_VALUE).toString('base64'))
    await expect.poll(() => streamOf(run, 'watch')?.answer?.status, PATIENT).toBe(200)
    fake.create({
      kind: 'Secret',
      metadata: { name: 'watched', namespace: 'shop' },
      data: { password: Buffer.from('seen-In-Watch-1').toString('base64') },
    })
    await expect.poll(() => watch.stdout(), PATIENT).toContain(Buffer.from('seen-In-Watch-1').toString('base64'))
    watch.kill()
    await watch.ended
    expect(bodiesOf(run.events(), 'http.message')).toMatchObject([
      { kind: 'event', data: { utf8: expect.stringContaining('"name":"watched"') } },
    ])
    expect(gateway.spoolHolds('seen-In-Watch-1')).toBe(false)
    expect(gateway.spoolHolds(SECRET_VALUE)).toBe(false)
  })

  it('that follow a log show each line at once, are counted, and recorded as far as they begin', async () => {
    const run = gateway.aRun()
    fake.log('shop', 'web-1', 'first line')
    const follow = run.start(['logs', '-f', 'web-1'])
    await expect.poll(() => follow.stdout(), PATIENT).toContain('first line\n')
    for (let n = 0; n < 50; n++) fake.log('shop', 'web-1', `line ${n} for 10.9.8.7`)
    await expect.poll(() => follow.stdout(), PATIENT).toContain('line 49')
    follow.kill()
    await follow.ended
    await expect.poll(() => streamOf(run, 'get')?.end, PATIENT).toBeDefined()
    const log = streamOf(run, 'get')
    expect(log?.answer?.stream).toBe('log')
    expect(log?.end?.messages?.toCaller).toBeGreaterThanOrEqual(51)
    const text = bodiesOf(run.events(), 'http.message').map(({ data }) => ('utf8' in data ? data.utf8 : ''))
    expect(text.join('')).toContain('line 49 for 10.9.8.7\n')
    expect(run.events().some(({ observables }) => observables.some(({ value, role }) => value === '10.9.8.7' && role === 'answered'))).toBe(
      true,
    )
  })

  it('take no more of the recording than their beginning, however long they are', async () => {
    const run = gateway.aRun()
    const follow = run.start(['logs', '-f', 'web-1'])
    await expect.poll(() => streamOf(run, 'get'), PATIENT).toBeDefined()
    const line = 'x'.repeat(1000)
    for (let n = 0; n < 2000; n++) fake.log('shop', 'web-1', line)
    fake.log('shop', 'web-1', 'the end')
    await expect.poll(() => follow.stdout().endsWith('the end\n'), PATIENT).toBe(true)
    follow.kill()
    await follow.ended
    const kept = bodiesOf(run.events(), 'http.message').reduce((sum, { data }) => sum + ('utf8' in data ? data.utf8.length : 0), 0)
    expect(kept).toBeLessThanOrEqual(64 * 1024)
    await expect.poll(() => streamOf(run, 'get')?.end?.bytesToCaller ?? 0, PATIENT).toBeGreaterThan(2_000_000)
  })

  it.each(kubectlsFound().filter(({ minor }) => minor >= FIRST_TO_TUNNEL))(
    'that forward a port (kubectl $version) are counted as a tunnel where the grant has it',
    async ({ path }) => {
      const run = gateway.aRun({ forward: true })
      const port = await freePort('127.0.0.1')
      const forward = run.start(['port-forward', '--address', '127.0.0.1', 'pod/web-1', `${port}:80`], path)
      await expect.poll(() => forward.stdout() + forward.stderr(), PATIENT).toContain('Forwarding from')
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('from the pod\n')
      forward.kill()
      await forward.ended
      await expect.poll(() => bodiesOf(run.events(), 'kubernetes.forward').length, PATIENT).toBe(2)
      const [opened, closed] = bodiesOf(run.events(), 'kubernetes.forward')
      expect(opened).toMatchObject({ phase: 'opened', namespace: 'shop', pod: 'web-1', bytesToTarget: 0, bytesToCaller: 0 })
      expect(closed).toMatchObject({ phase: 'closed' })
      expect(closed?.bytesToCaller).toBeGreaterThan('from the pod\n'.length)
      expect(JSON.stringify(run.events())).not.toContain('from the pod')
    },
  )

  it.each(kubectlsFound().filter(({ minor }) => minor < FIRST_TO_TUNNEL))(
    'that forward a port over SPDY (kubectl $version) are refused in words',
    async ({ path }) => {
      const run = gateway.aRun({ forward: true })
      const ran = await run.kubectl(['port-forward', 'pod/web-1', ':80'], '', path)
      expect(ran.stderr).toContain('Hoptrace: portforward goes over WebSocket alone, not over SPDY: use kubectl 1.31 or later')
      expect(bodiesOf(run.events(), 'kubernetes.forward')).toMatchObject([{ phase: 'refused', namespace: 'shop', pod: 'web-1' }])
    },
  )

  it('that forward a port are refused where the grant does not', async () => {
    const run = gateway.aRun()
    const before = fake.requests.filter(({ url }) => url.includes('portforward')).length
    const ran = await run.kubectl(['port-forward', 'pod/web-1', ':80'])
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain("the run's grant for prod does not include this")
    expect(bodiesOf(run.events(), 'kubernetes.forward')).toEqual([])
    expect(fake.requests.filter(({ url }) => url.includes('portforward'))).toHaveLength(before)
  })
})
