import type { ResourceItem } from '@hoptrace/api'
import type { ResourcePlace } from '../../../url/request-search.ts'

/** A node of the tree of resources. `label` is recorded text. */
export type ResourceNode = {
  key: string
  label: string
  /** What people call the level: `namespace`. */
  level: 'group' | 'resource' | 'namespace' | 'name' | 'path'
  requests: number
  failed: number
  /** `get 2, delete 1`: of a leaf. */
  uses: ResourceItem['uses']
  /** What choosing it narrows the requests to; null where nothing can say it. */
  place: ResourcePlace | null
  children: ResourceNode[]
}

type Step = Pick<ResourceNode, 'label' | 'level' | 'place'>

/** The tree of what a session touched. Items come in its order; paths that lead to one alone are joined. */
export function resourceTree(items: readonly ResourceItem[]): ResourceNode[] {
  const root = emptyNode('', { label: '', level: 'group', place: null })
  for (const item of items) place(root, item)
  return root.children.map(joined)
}

function place(root: ResourceNode, item: ResourceItem): void {
  let node = root
  for (const step of stepsTo(item)) {
    const key = `${node.key}\u0000${step.label}`
    const known = node.children.find((child) => child.key === key)
    const next = known ?? emptyNode(key, step)
    if (!known) node.children.push(next)
    next.requests += item.requests
    next.failed += item.failed
    node = next
  }
  node.uses = [...node.uses, ...item.uses]
}

function emptyNode(key: string, step: Step): ResourceNode {
  return { ...step, key, requests: 0, failed: 0, uses: [], children: [] }
}

function stepsTo(item: ResourceItem): Step[] {
  if (item.kind === 'http') return stepsOfPath(item.path)
  const { group, resource, namespace, name } = item
  const [kind = '', subresource] = resource.split('/', 2)
  const filter = `${group === '' ? kind : `${kind}.${group}`}${subresource === undefined ? '' : `/${subresource}`}`
  const inNamespace = namespace === null ? {} : { namespace }
  return [
    { label: group === '' ? 'core' : group, level: 'group', place: null },
    { label: resource, level: 'resource', place: { resource: filter } },
    ...(namespace === null ? [] : [{ label: namespace, level: 'namespace' as const, place: { resource: filter, namespace } }]),
    ...(name === null ? [] : [{ label: name, level: 'name' as const, place: { resource: filter, ...inNamespace, name } }]),
  ]
}

function stepsOfPath(path: string): Step[] {
  const segments = path.split('/').slice(1)
  return segments.map((segment, index) => ({
    label: `/${segment}`,
    level: 'path' as const,
    place: { resource: `/${segments.slice(0, index + 1).join('/')}` },
  }))
}

/** A path that only leads on takes up no line of its own. */
function joined(node: ResourceNode): ResourceNode {
  const [only] = node.children
  if (node.level === 'path' && node.uses.length === 0 && node.children.length === 1 && only) {
    return joined({ ...only, label: node.label + only.label })
  }
  return { ...node, children: node.children.map(joined) }
}
