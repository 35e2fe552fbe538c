import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { kubectl, MANIFESTS, type Manifest, renderedManifests, startDiscovery } from './kubernetes.test-support.ts'

const isMissing = spawnSync('kubectl', ['version', '--client']).status !== 0
if (isMissing && process.env.CI === 'true') throw new Error('This test needs kubectl, which is not installed')

const SecurityContext = z.strictObject({
  allowPrivilegeEscalation: z.literal(false),
  readOnlyRootFilesystem: z.literal(true),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
})
const Container = z.looseObject({
  name: z.string(),
  image: z.string().regex(/^hoptrace\/[a-z]+:\d/),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional(), valueFrom: z.looseObject({}).optional() })).default([]),
  resources: z.looseObject({
    requests: z.looseObject({ cpu: z.string(), memory: z.string() }),
    limits: z.looseObject({ memory: z.string() }),
  }),
  securityContext: SecurityContext,
})
const Probe = z.looseObject({ httpGet: z.strictObject({ path: z.enum(['/healthz', '/readyz']), port: z.literal('ops') }) })
const Served = Container.extend({ startupProbe: Probe, livenessProbe: Probe, readinessProbe: Probe })
const PodSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.looseObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(10001),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  initContainers: z.array(Container).default([]),
  containers: z.array(Container).min(1),
})
const Workload = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    template: z.looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }), spec: PodSpec }),
  }),
})
type Workload = z.infer<typeof Workload>

const Labels = z.record(z.string(), z.string())
const Selector = z.strictObject({
  matchLabels: Labels.optional(),
  matchExpressions: z.array(z.strictObject({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) })).optional(),
})
const Peer = z.strictObject({
  podSelector: Selector.optional(),
  namespaceSelector: Selector.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
})
const Ports = z.array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']), port: z.int() }))
const ServicePort = z.strictObject({ name: z.string(), port: z.int(), targetPort: z.string() })
/** Kinds that kubectl cannot check by itself, whole: a field that is not here is a mistake. */
const strict: Record<string, z.ZodType> = {
  Namespace: z.undefined(),
  ConfigMap: z.undefined(),
  ServiceAccount: z.undefined(),
  Service: z.strictObject({
    type: z.literal('ClusterIP').optional(),
    clusterIP: z.literal('None').optional(),
    publishNotReadyAddresses: z.boolean().optional(),
    selector: Labels,
    ports: z.array(ServicePort),
  }),
  PodDisruptionBudget: z.strictObject({ maxUnavailable: z.int(), selector: Selector }),
  NetworkPolicy: z.strictObject({
    podSelector: Selector,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(z.strictObject({ from: z.array(Peer).optional(), ports: Ports.optional() })).optional(),
    egress: z.array(z.strictObject({ to: z.array(Peer).optional(), ports: Ports.optional() })).optional(),
  }),
}

describe.skipIf(isMissing)(`the Kubernetes manifests${isMissing ? ' (skipped: kubectl is not installed)' : ''}`, () => {
  let manifests: Manifest[] = []
  let workloads: Workload[] = []
  beforeAll(() => {
    manifests = renderedManifests()
    workloads = manifests.filter(({ kind }) => !(kind in strict)).map((manifest) => Workload.parse(manifest))
  })

  it('are accepted by kubectl in a dry run', async () => {
    const discovery = await startDiscovery()
    const args = ['--server', discovery.url, 'create', '--dry-run=client', '--validate=false', '-o', 'name', '-k', MANIFESTS]
    // The list of kinds is served by this very process: kubectl must not block it.
    const child = spawn('kubectl', args, { env: { ...process.env, KUBECONFIG: '/dev/null', HOME: mkdtempSync(join(tmpdir(), 'kube-')) } })
    const [said, faults] = await Promise.all([text(child.stdout), text(child.stderr)])
    await discovery.stop()
    expect([faults, said.trim().split('\n').length]).toEqual(['', manifests.length])
  })

  it('have no field of a workload that kubectl does not know, or that has another type', () => {
    expect(workloads.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'Deployment', 'Deployment', 'Deployment', 'Job', 'StatefulSet'])
    for (const workload of manifests.filter(({ kind }) => !(kind in strict))) {
      // Read into kubectl's own types and written again: what it does not know is gone.
      const { status, stdout, stderr } = kubectl(['set', 'env', '--local', '-o', 'json', '-f', '-', 'CHECKED=1'], JSON.stringify(workload))
      expect([status, stderr]).toEqual([0, ''])
      expect(JSON.parse(stdout)).toMatchObject(withoutEnv(workload))
    }
  })

  it('have no field of another kind but those that are meant', () => {
    for (const manifest of manifests.filter(({ kind }) => kind in strict)) {
      expect([manifest.metadata.name, strict[manifest.kind]?.safeParse(manifest.spec).error]).toEqual([manifest.metadata.name, undefined])
    }
  })

  it('probe the ops port of every process that serves', () => {
    const served = workloads.filter(({ kind }) => kind !== 'Job')
    for (const { spec } of served)
      for (const container of spec.template.spec.containers) expect(() => Served.parse(container)).not.toThrow()
    expect(served).toHaveLength(5)
  })

  it('select what exists: every service, budget and policy means some process', () => {
    const pods = workloads.map(({ spec }) => spec.template.metadata.labels)
    const selectors = manifests.flatMap(({ kind, spec }) => {
      if (kind === 'Service') return [z.looseObject({ selector: Labels }).parse(spec).selector]
      if (kind === 'PodDisruptionBudget') return [z.looseObject({ selector: Selector }).parse(spec).selector.matchLabels ?? {}]
      return kind === 'NetworkPolicy' ? [z.looseObject({ podSelector: Selector }).parse(spec).podSelector.matchLabels ?? {}] : []
    })
    expect(selectors.length).toBeGreaterThan(10)
    for (const wanted of selectors) {
      expect(pods.some((labels) => Object.entries(wanted).every(([label, value]) => labels[label] === value))).toBe(true)
    }
  })

  it('take secrets by reference alone, each one that the secrets script makes', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-env-')), '.env')
    spawnSync('sh', ['deploy/make-env.sh', file])
    const made = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0])
    const settings = workloads.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env }) => env))
    const secrets = settings.filter(({ name }) => /PASSWORD|TOKEN|SECRET|KEY$/.test(name))
    expect(secrets.length).toBeGreaterThan(5)
    for (const { value, valueFrom } of secrets) {
      expect(value).toBeUndefined()
      expect(made).toContain(z.looseObject({ secretKeyRef: z.object({ key: z.string() }) }).parse(valueFrom).secretKeyRef.key)
    }
  })

  it('delete what its time is over for by one process, which another never runs beside', () => {
    const retention = workloads.find(({ metadata }) => metadata.name === 'hoptrace-retention')
    expect(retention?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
  })

  it('give the gateway neither an account of the store nor a way to it', () => {
    const gateway = workloads.find(({ kind }) => kind === 'StatefulSet')
    expect(JSON.stringify(gateway)).not.toMatch(/clickhouse/i)
    const policy = manifests.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'gateway')
    expect(JSON.stringify(policy)).not.toMatch(/clickhouse|8123/i)
  })

  it('make of the shared configuration one for each gateway: the first writes the runs, the others read them', () => {
    const shared = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'hoptrace-gateway')
    const { data } = z.looseObject({ data: z.object({ 'hoptrace.yaml': z.string() }) }).parse(shared)
    expect(gatewayConfigOf(data['hoptrace.yaml'], 'hoptrace-gateway-0')).toMatchObject({
      id: 'hoptrace-gateway-0',
      runs: { role: 'writer' },
    })
    expect(gatewayConfigOf(data['hoptrace.yaml'], 'hoptrace-gateway-2')).toMatchObject({
      id: 'hoptrace-gateway-2',
      runs: { role: 'reader', writerUrl: 'http://hoptrace-gateway-0.hoptrace-gateways:6470' },
    })
  })
})

/** What a gateway of this name reads. */
function gatewayConfigOf(template: string, pod: string): unknown {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-kube-'))
  const [from, to] = [join(dir, 'template.yaml'), join(dir, 'hoptrace.yaml')]
  writeFileSync(from, template)
  expect(spawnSync(process.execPath, [join(MANIFESTS, 'configure-gateway.js'), pod, from, to]).status).toBe(0)
  const program = `import { loadConfig } from './apps/gateway/dist/config.js'; console.log(JSON.stringify(loadConfig().gateway))`
  const env = { ...process.env, HOPTRACE_CONFIG: to }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

// The setting that kubectl was asked to add stands among them afterwards.
function withoutEnv(workload: object): object {
  return JSON.parse(JSON.stringify(workload), (key, value) => (key === 'env' ? undefined : value)) as object
}
