import { digestValue, type SessionEvent } from '@hoptrace/events'
import { type FakeKubernetes, kubectlEnvironment, kubectlMissing, openTerminal } from '@hoptrace/testing'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aDigestKey, until } from '../recording/recordings.test-support.ts'
import { aCluster, aKubernetesGateway, bodiesOf, type KubernetesGateway, newest, ofType } from './gateway.test-support.ts'

const named = (kind: 'host' | 'address', value: string) =>
  expect.objectContaining({ kind, role: 'named', at: '/command', value, digest: digestValue(aDigestKey, kind, value) })
const hostsIn = (events: SessionEvent[]) => bodiesOf(events, 'pivot.named').map(({ host }) => host)

describe.skipIf(kubectlMissing() !== null && !process.env.CI)('pivots in containers', () => {
  let fake: FakeKubernetes
  let gateway: KubernetesGateway
  beforeAll(async () => {
    fake = await aCluster()
    gateway = await aKubernetesGateway(fake)
  })
  afterAll(async () => {
    expect(gateway.faults).toEqual([])
    await gateway.close()
    await fake.stop()
  })

  it('of a program’s arguments are on record behind it, and before it runs', async () => {
    const run = gateway.aRun()
    await run.kubectl(['exec', 'web-1', '--', 'sh', '-c', 'false && psql -h db.internal -U app "orders of may"; true || ssh ops@10.9.8.7'])
    const [exec] = ofType(run.events(), 'kubernetes.exec')
    const pivots = ofType(run.events(), 'pivot.named')
    expect(pivots.map(({ seq, body }) => [seq - (exec?.seq ?? 0), body.event, body.at, body.tool, body.host])).toEqual([
      [1, exec?.seq, '/command', 'psql', 'db.internal'],
      [2, exec?.seq, '/command', 'ssh', '10.9.8.7'],
    ])
    expect(pivots.map(({ observables }) => observables)).toEqual([[named('host', 'db.internal')], [named('address', '10.9.8.7')]])
    for (const { body } of pivots) expect(body.command.slice(body.offset ?? 0)).toMatch(/^(?:db\.internal|10\.9\.8\.7)/)
  })

  it('of lines that are typed at its terminal are told', async () => {
    const run = gateway.aRun()
    const terminal = openTerminal(newest?.path ?? '', ['exec', '-it', 'web-1', '--', 'sh'], kubectlEnvironment(run.kubeconfig), {
      cols: 80,
      rows: 24,
    })
    await until(() => terminal.shown().includes('$ '))
    for (const key of 'false && ssh ops@typed.internal') terminal.write(key)
    await until(() => terminal.shown().includes('typed.internal'))
    terminal.write('\rstty -echo; echo uns""een\r')
    await until(() => terminal.shown().includes('unseen'))
    terminal.write('exit\r')
    await terminal.ended
    expect(hostsIn(run.events())).toEqual(['typed.internal'])
    expect(bodiesOf(run.events(), 'pivot.named')).toMatchObject([{ at: '', offset: 17, command: 'false && ssh ops@typed.internal' }])
  })

  it('of a script that is piped into its shell are told, and of data that is not', async () => {
    const run = gateway.aRun()
    await run.kubectl(['exec', '-i', 'web-1', '--', 'sh', '-s'], 'false && ssh piped.internal\n')
    await run.kubectl(['exec', '-i', 'web-1', '--', 'cat'], 'ssh nobody.internal\n')
    expect(hostsIn(run.events())).toEqual(['piped.internal'])
  })

  it('stand beside the trace that a request belongs to', async () => {
    const run = gateway.aRun()
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const headers = { authorization: `Bearer ${run.token}`, traceparent: `00-${trace}-00f067aa0ba902b7-01` }
    const dispatcher = new Agent({ connect: { ca: gateway.ca } })
    await (await fetch(`${gateway.server}/api/v1/namespaces/shop/pods`, { headers, dispatcher })).text()
    await dispatcher.close()
    const [request] = ofType(run.events(), 'kubernetes.request')
    const at = request?.body.headers.findIndex(([name]) => name === 'traceparent')
    expect(request?.body.headers[at ?? -1]).toEqual(['traceparent', headers.traceparent])
    expect(request?.observables).toContainEqual(
      expect.objectContaining({
        kind: 'trace',
        role: 'asked',
        at: `/headers/${at}/1`,
        value: trace,
        digest: digestValue(aDigestKey, 'trace', trace),
      }),
    )
    // It opens nothing: it is no credential beside.
    expect(request?.observables.filter(({ kind }) => kind === 'credential')).toEqual([])
  })
})
