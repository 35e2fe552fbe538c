import { spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

export const MANIFESTS = 'deploy/kubernetes'

/** An object of Kubernetes, as far as every kind has it. */
export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
})
export type Manifest = z.infer<typeof Manifest>

/** Runs kubectl without any cluster of its own. */
export function kubectl(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, KUBECONFIG: '/dev/null' }
  const { status, stdout, stderr } = spawnSync('kubectl', args, { encoding: 'utf8', input, env })
  return { status, stdout, stderr }
}

/** What `kubectl apply -k` would send. */
export function renderedManifests(): Manifest[] {
  const { status, stdout, stderr } = kubectl(['kustomize', MANIFESTS])
  if (status !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout).map((document) => Manifest.parse(document.toJS()))
}

/** Which kinds there are, as any cluster since 1.21 has them. */
const KINDS: Record<string, readonly [plural: string, kind: string, namespaced: boolean][]> = {
  v1: [
    ['namespaces', 'Namespace', false],
    ['configmaps', 'ConfigMap', true],
    ['services', 'Service', true],
    ['serviceaccounts', 'ServiceAccount', true],
  ],
  'apps/v1': [
    ['deployments', 'Deployment', true],
    ['statefulsets', 'StatefulSet', true],
  ],
  'batch/v1': [['jobs', 'Job', true]],
  'policy/v1': [['poddisruptionbudgets', 'PodDisruptionBudget', true]],
  'networking.k8s.io/v1': [['networkpolicies', 'NetworkPolicy', true]],
}

/** Tells kubectl which kinds exist, and nothing else: not a cluster, only the list that its dry run asks for. */
export async function startDiscovery(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = discoveryOf((request.url ?? '').split('?')[0] ?? '')
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => closed(server) }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function discoveryOf(path: string): object | null {
  const groups = Object.keys(KINDS).filter((version) => version !== 'v1')
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) }
  const kinds = KINDS[path.replace(/^\/apis?\//, '')]
  if (!kinds) return null
  const resources = kinds.map(([name, kind, namespaced]) => ({
    name,
    kind,
    namespaced,
    singularName: '',
    verbs: ['create', 'get', 'patch'],
  }))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: path.replace(/^\/apis?\//, ''), resources }
}

function groupOf(groupVersion: string): object {
  const [name, version] = groupVersion.split('/')
  return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } }
}
