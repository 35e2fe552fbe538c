import type { Grant } from '@hoptrace/events'
import type { Listeners, TargetInfo } from '../contract/index.ts'
import { reachedTargets } from './client-commands.ts'

/**
 * The kubeconfig (`v1`, `Config`) of a run: a context for each cluster that it may reach, named as the target, and the
 * first one current. Null where it may reach none, or nobody can say where.
 * @param token the run's
 */
export function kubeconfigOf(grants: readonly Grant[], targets: readonly TargetInfo[], listeners: Listeners, token: string): string | null {
  const { kubernetes, certificateAuthority } = listeners
  const clusters = reachedTargets(grants, targets).filter(({ protocol }) => protocol === 'kubernetes')
  const [first] = clusters
  if (!first || !kubernetes) return null
  const authority = certificateAuthority ? { 'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64') } : {}
  return yamlOf({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': first.name,
    clusters: clusters.map(({ name }) => ({ name, cluster: { server: `https://${kubernetes}/clusters/${name}`, ...authority } })),
    users: [{ name: 'run', user: { token } }],
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: 'run', ...onlyNamespace(name, grants) } })),
  })
}

/** Where a run's grants leave one namespace of a cluster alone, clients begin there. */
function onlyNamespace(cluster: string, grants: readonly Grant[]): { namespace?: string } {
  const held = grants.filter(({ target, protocol }) => target === cluster && protocol === 'kubernetes')
  const namespaces = new Set(held.flatMap(({ kubernetes }) => kubernetes?.namespaces ?? ['*']))
  const [namespace = '*'] = namespaces
  return namespaces.size === 1 && namespace !== '*' ? { namespace } : {}
}

type Yaml = string | readonly Yaml[] | { readonly [key: string]: Yaml | undefined }

/** Block style, each scalar in double quotes, whose escapes are those of JSON (YAML 1.2, 5.7 and 7.3.1). */
function yamlOf(value: Yaml, indent = ''): string {
  if (typeof value === 'string') return `${JSON.stringify(value)}\n`
  if (isList(value)) return value.map((item) => `${indent}- ${yamlOf(item, `${indent}  `).trimStart()}`).join('')
  return Object.entries(value)
    .map(([key, member]) => {
      if (member === undefined) return ''
      return typeof member === 'string' ? `${indent}${key}: ${yamlOf(member)}` : `${indent}${key}:\n${yamlOf(member, `${indent}  `)}`
    })
    .join('')
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value)
}
