/** A kind of object that the fake server has. */
export type Resource = {
  /** Empty for the core group. */
  group: string
  version: string
  plural: string
  kind: string
  isNamespaced: boolean
  shortNames: readonly string[]
  verbs: readonly string[]
  /** `all` is what `kubectl get all` lists. */
  categories: readonly string[]
  subresources: readonly { name: string; kind: string; verbs: readonly string[] }[]
}

const ALL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const CONNECT = { kind: 'PodExecOptions', verbs: ['create', 'get'] }

function resource(group: string, plural: string, kind: string, over: Partial<Resource> = {}): Resource {
  const isNamespaced = true
  return { group, version: 'v1', plural, kind, isNamespaced, shortNames: [], categories: [], verbs: ALL, subresources: [], ...over }
}

const pods = [
  { name: 'attach', ...CONNECT, kind: 'PodAttachOptions' },
  { name: 'exec', ...CONNECT },
  { name: 'portforward', ...CONNECT, kind: 'PodPortForwardOptions' },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
]
const token = { name: 'token', kind: 'TokenRequest', verbs: ['create'] }
const proxy = { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] }
const scale = { name: 'scale', kind: 'Scale', verbs: ['get', 'patch', 'update'] }
const review = { isNamespaced: false, verbs: ['create'] }

export const RESOURCES: readonly Resource[] = [
  resource('', 'namespaces', 'Namespace', { isNamespaced: false, shortNames: ['ns'] }),
  resource('', 'nodes', 'Node', { isNamespaced: false, shortNames: ['no'] }),
  resource('', 'pods', 'Pod', { shortNames: ['po'], categories: ['all'], subresources: pods }),
  resource('', 'services', 'Service', { shortNames: ['svc'], categories: ['all'], subresources: [proxy] }),
  resource('', 'secrets', 'Secret'),
  resource('', 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  resource('', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'], subresources: [token] }),
  resource('', 'events', 'Event', { shortNames: ['ev'] }),
  resource('apps', 'deployments', 'Deployment', { shortNames: ['deploy'], categories: ['all'], subresources: [scale] }),
  resource('apps', 'replicasets', 'ReplicaSet', { shortNames: ['rs'], categories: ['all'] }),
  resource('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview', review),
  resource('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', review),
]

export const groups = (): string[] => [...new Set(RESOURCES.map(({ group }) => group))].filter((group) => group !== '')

export function resourcesOf(group: string): Resource[] {
  return RESOURCES.filter((resource) => resource.group === group)
}

/** `v1`, `apps/v1` */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
}
