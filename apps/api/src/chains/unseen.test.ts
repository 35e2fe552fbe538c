import { Correlator } from '@hoptrace/correlator'
import { Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Alerts } from '@hoptrace/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChainDetail, ChainsPage } from '../contract/index.ts'
import { aBootStream, RecordedSession } from '../testing/recorded-session.ts'
import { SignedIn } from '../testing/signed-in.test-support.ts'
import { TestStore } from '../testing/store.ts'
import { aStoredAlert } from '../testing/stored-alert.ts'

const NOW = Date.now() - 600_000
const key = { id: 'test', secret: Buffer.alloc(32, 1) }
const bastion = { name: 'bastion', protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }
let store: TestStore
let signedIn: SignedIn
let chainId: string

const ssh = new RecordedSession({ tenant: 'acme', target: bastion }, NOW)
  .add('session.started', { client: 'OpenSSH', database: null, tls: false })
  .add('ssh.exec', { channel: 3, command: 'ssh vault.internal id', pty: null })
  .add(
    'pivot.named',
    {
      ...{ event: 1, at: '/command', tool: 'ssh', relation: 'connect', host: 'vault.internal', port: null, account: null },
      ...{ object: null, on: null, command: 'ssh vault.internal id', offset: 4 },
    },
    new Observer(key).add({ kind: 'host', canonical: 'vault.internal', offset: 4 }, 'named', '/command').result(),
  )
  .add('terminal.output', { channel: 9, stream: 'stdout', data: { utf8: 'of another channel' } })
  .add('terminal.output', { channel: 3, stream: 'stderr', data: { utf8: 'ssh: connect to host vault.internal: refused\r\n' } })
  .add('ssh.exit', { channel: 3, status: 255, signal: null, stdoutBytes: 0, stderrBytes: 40, stdinBytes: 0 })
  .ended()
const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
const beat = (atMs: number) => {
  const { id } = aBootStream(atMs)
  return new RecordedSession({ ...nobody, tenant: 'acme', sessionId: id, bootId: id }, atMs).add('gateway.heartbeat', { open: [] })
}

beforeAll(async () => {
  store = await TestStore.open()
  const publisher = asPublisher(new Ingest(store.store, { tenant: 'acme', now: Date.now }))
  for (const { encoded } of [ssh, beat(NOW + 300_000)]) await publisher.publish(encoded)
  const correlator = new Correlator(store.store, { now: Date.now, onError: () => undefined })
  await correlator.catchUp()
  await correlator.stop()
  signedIn = await SignedIn.start({ store: store.store, publisher }, ['acme'])
  const page = ChainsPage.parse(await (await signedIn.as('acme-investigator', '/api/v1/chains')).json())
  chainId = page.items[0]?.id ?? ''
  const { edges } = await show('investigator')
  const rests = aStoredAlert(1, { chainId, firstTs: NOW * 1000, lastTs: NOW * 1000 })
  const [finding] = rests.content.findings
  if (finding) rests.content.findings = [{ ...finding, anchor: `hop:${edges[0]?.id}`, refs: [] }]
  await new Alerts(store.store).save('acme', [rests])
})
afterAll(async () => {
  await signedIn.stop()
  await store.close()
})

async function show(role: string): Promise<ChainDetail> {
  return ChainDetail.parse(await (await signedIn.as(`acme-${role}`, `/api/v1/chains/${chainId}`)).json())
}

describe('a pivot that was not seen at the gateway', () => {
  it('is a node that says which command named it, how that ended, and what it printed first', async () => {
    const { nodes } = await show('investigator')
    expect(nodes.find(({ kind }) => kind === 'unseen')).toMatchObject({
      target: 'vault.internal',
      at: { sessionId: ssh.id, seq: 2 },
      unseen: {
        tool: 'ssh',
        relation: 'connect',
        namedAt: { sessionId: ssh.id, seq: 1, ms: 1 },
        exitStatus: 255,
        command: 'ssh vault.internal id',
        output: expect.stringContaining('connect to host vault.internal: refused'),
      },
    })
    expect(nodes.filter(({ unseen }) => unseen !== null)).toHaveLength(1)
  })

  it('shows neither the command nor its output to whom content is not shown', async () => {
    const { nodes } = await show('operator')
    expect(nodes.find(({ kind }) => kind === 'unseen')?.unseen).toMatchObject({ command: null, output: null, exitStatus: 255 })
  })
})

describe('a hop', () => {
  it('names the alerts that rest on it, without values where content is not shown', async () => {
    const { edges, alerts } = await show('investigator')
    const expected = expect.objectContaining({ id: aStoredAlert(1).id, state: 'open', sentence: expect.stringContaining('hunter2') })
    expect(edges[0]?.alerts).toEqual(expect.arrayContaining([expected]))
    expect(alerts).toEqual(expect.arrayContaining([expected]))
    expect(JSON.stringify((await show('operator')).edges[0]?.alerts)).not.toContain('hunter2')
  })
})
