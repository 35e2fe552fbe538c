import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBytes, type EventBody, type EventOf, type EventType, type Grant, type SessionEvent } from '@hoptrace/events'
import {
  type FakeKubernetes,
  type FakeKubernetesOptions,
  kubectlsFound,
  type RanKubectl,
  type RunningKubectl,
  runKubectl,
  startFakeKubernetes,
  startKubectl,
  TestAuthority,
  writeKubeconfig,
} from '@hoptrace/testing'
import { GatewayAccess } from '../access/gateway-access.ts'
import { announceRuns } from '../access/run-announcer.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { KubernetesTarget } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { SystemClock } from '../recording/clock.ts'
import { aSpoolDir, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'
import { KubernetesProxy } from './kubernetes-proxy.ts'

const operator = { kind: 'operator', name: 'ana' } as const

/** kubectl of the wide matrix: the newest. */
export const newest = kubectlsFound().at(-1)

export const SECRET_VALUE = 'Tr0ub4dor-and-3'

/** What the cluster of the tests holds. */
const OBJECTS = [
  { kind: 'Namespace', metadata: { name: 'shop' } },
  { kind: 'Namespace', metadata: { name: 'vault' } },
  { kind: 'ServiceAccount', metadata: { name: 'ci', namespace: 'shop' } },
  {
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop' },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'nginx',
          command: ['sh', '-c', 'while read line; do echo "got $line"; done'],
          ports: [{ containerPort: 80 }],
        },
      ],
    },
  },
  { kind: 'Secret', metadata: { name: 'db', namespace: 'shop' }, data: { password: Buffer.from(SECRET_VALUE).toString('base64') } },
]

export async function aCluster(options: FakeKubernetesOptions = {}): Promise<FakeKubernetes> {
  const fake = await startFakeKubernetes(options)
  fake.create(...structuredClone(OBJECTS))
  return fake
}

/** The gateway's door to Kubernetes on a real spool, with real runs and decisions, and kubectl at it. */
export async function aKubernetesGateway(fake: FakeKubernetes, over: Record<string, unknown> = {}) {
  const dir = aSpoolDir()
  const files = mkdtempSync(join(tmpdir(), 'hoptrace-kubernetes-'))
  const ca = join(files, 'ca.pem')
  writeFileSync(ca, fake.ca)
  const address = `${fake.host}:${fake.port}`
  const base = { name: 'prod', protocol: 'kubernetes', address, account: 'gateway-sa', ca, credential: { token: { env: 'CLUSTER_TOKEN' } } }
  const target = KubernetesTarget.parse({ ...base, ...over })
  const recordings = openRecordings(dir, { segmentBytes: 8 * 1024 * 1024 })
  const clock = new SystemClock()
  const runs = new RunRegistry(new RunLog(join(files, 'runs.log')), clock, randomBytes)
  announceRuns(runs, recordings)
  const authority = await TestAuthority.create('hoptrace gateway')
  const faults: unknown[] = []
  const proxy = new KubernetesProxy({
    access: new GatewayAccess(runs, new TargetDirectory([target]), recordings),
    resolveSecret: (source) => ('env' in source ? fake.token : readFileSync(source.file, 'utf8')),
    tls: await authority.server(['localhost'], ['127.0.0.1']),
    nowUs: () => clock.monotonicUs(),
    onFault: (fault) => faults.push(fault),
  })
  const port = await proxy.listen(0, '127.0.0.1')
  const server = `https://127.0.0.1:${port}/clusters/prod`

  /** A run with kubectl that acts for it. */
  const aRun = (grant: Partial<Grant> = {}, ttlSeconds = 600) => {
    const grants = [{ target: 'prod', protocol: 'kubernetes' as const, ...grant }]
    const { minted, token } = runs.mint({ principal: 'agent-a', task: 'look after the shop', ttlSeconds, grants }, operator)
    if (minted.kind !== 'run') throw new Error(minted.message)
    return { id: minted.run.id, token, ...kubectlWith(server, authority.pem, token), events: () => eventsOfRun(dir, minted.run.id) }
  }
  const close = async () => {
    recordings.stopAll({ reason: 'shutdown', message: 'the test is over' })
    await proxy.close()
    await recordings.close()
  }
  const revoke = (run: string) => runs.revoke(run, 'ana', 'it did too much')
  return {
    proxy,
    port,
    server,
    ca: authority.pem,
    recordings,
    runs,
    faults,
    aRun,
    revoke,
    close,
    events: () => eventsIn(dir),
    spoolHolds: (text: string) => holds(dir, text),
  }
}

export type KubernetesGateway = Awaited<ReturnType<typeof aKubernetesGateway>>
export type TestRun = ReturnType<KubernetesGateway['aRun']>

/** kubectl with a kubeconfig as a run gets one. */
function kubectlWith(server: string, ca: string, token: string) {
  const kubeconfig = writeKubeconfig({ server, ca, token, namespace: 'shop' })
  const pathOf = (path?: string) => path ?? newest?.path ?? 'kubectl'
  return {
    kubeconfig,
    kubectl: (args: string[], input = '', path?: string): Promise<RanKubectl> => runKubectl(pathOf(path), kubeconfig, args, input),
    start: (args: string[], path?: string): RunningKubectl => startKubectl(pathOf(path), kubeconfig, args),
  }
}

function eventsOfRun(dir: string, run: string): SessionEvent[] {
  return eventsIn(dir).filter((event) => event.run === run)
}

export function ofType<T extends EventType>(events: readonly SessionEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type)
}

export function bodiesOf<T extends EventType>(events: readonly SessionEvent[], type: T): EventBody<T>[] {
  return ofType(events, type).map((event) => event.body as EventBody<T>)
}

/** The requests of a run that are about something, with the answer that each got. */
export function exchangesIn(events: readonly SessionEvent[]) {
  const answers = new Map(ofType(events, 'http.response').map(({ body }) => [body.request, body]))
  const ends = new Map(ofType(events, 'http.ended').map(({ body }) => [body.request, body]))
  return ofType(events, 'kubernetes.request')
    .filter(({ body }) => !body.isDiscovery)
    .map((event) => {
      const answer = answers.get(event.seq)
      return { event, seq: event.seq, asked: event.body, answer, end: answer?.end ?? ends.get(event.seq) }
    })
}

/** What a program said, as it was recorded. */
export function outputIn(events: readonly SessionEvent[], stream: 'stdout' | 'stderr'): string {
  const outputs = bodiesOf(events, 'terminal.output').filter((body) => body.stream === stream)
  return Buffer.concat(outputs.map((body) => decodeBytes(body.data))).toString('utf8')
}

/** Does any byte of a spool spell this text, as it is or in base64? */
function holds(dir: string, text: string): boolean {
  const needles = [text, Buffer.from(text).toString('base64')]
  return readdirSync(dir).some((name) => {
    const bytes = readFileSync(join(dir, name))
    return needles.some((needle) => bytes.includes(needle))
  })
}

/** A web server on loopback, as what runs in a pod. */
export async function aWebServer(answer: string): Promise<{ port: number; server: Server }> {
  const server = createServer((_, response) => response.end(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, server }
}
