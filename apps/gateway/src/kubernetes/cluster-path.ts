/** What a path at the gateway leads to: the target by name, and what is asked of it, its query with it. */
export type ClusterPath = { name: string; path: string }

const CLUSTER = /^\/clusters\/([A-Za-z0-9][A-Za-z0-9._@-]{0,127})(?:([/?].*))?$/s

/** Reads `/clusters/<name>/…`, which a kubeconfig has for its server. Null for anything else. */
export function clusterPath(url: string): ClusterPath | null {
  if (url.includes('#')) return null
  const match = CLUSTER.exec(url)
  if (!match?.[1]) return null
  const rest = match[2] ?? '/'
  return { name: match[1], path: rest.startsWith('/') ? rest : `/${rest}` }
}
