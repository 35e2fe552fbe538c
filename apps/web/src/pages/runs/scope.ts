import type { RunSummary } from '@hoptrace/api'

/** What a grant is narrowed to: `get, list pods in shop`; empty where it is not. */
export function scopeOf({ kubernetes, http }: RunSummary['grants'][number]): string {
  if (kubernetes !== undefined) {
    const { verbs, resources, namespaces } = kubernetes
    if (verbs === undefined && resources === undefined && namespaces === undefined) return ''
    const what = `${verbs?.join(', ') ?? 'any verb'} ${resources?.join(', ') ?? 'anything'}`
    return namespaces === undefined ? what : `${what} in ${namespaces.join(', ')}`
  }
  if (http === undefined || (http.methods === undefined && http.paths === undefined)) return ''
  return `${http.methods?.join(', ') ?? 'any method'} ${http.paths?.join(', ') ?? 'any path'}`
}
