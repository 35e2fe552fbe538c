import { canonicalHost } from '../canonical-value.ts'

// RFC 1123: labels of service and namespace, names of pods.
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/
// The letters that `apimachinery` makes names of: no vowels, and nothing that looks like another. A Deployment's pods end in
// the template's hash and five of them, a CronJob's in the minute and five of them.
const GENERATED = /^[a-z0-9](?:[a-z0-9-]{0,60})-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}|[0-9]{8})-[bcdfghjklmnpqrstvwxz2456789]{5}$/
const HYPHEN = 0x2d
const API_PATH = /\/namespaces\/([a-z0-9-]{1,63})\/pods\/([a-z0-9.-]{1,253})/

/** Did a controller give this name to a pod? Then it is like no other's, in whichever namespace. */
export function isGeneratedPodName(name: string): boolean {
  // Most words end here, before the expression is tried.
  return name.length <= 253 && name.charCodeAt(name.length - 6) === HYPHEN && GENERATED.test(name)
}

// The canonical form of a pod is `namespace/name`. A name that a controller gave has another, `*/name`, since a list of pods, or a
// prompt in one, says no namespace.
/** The canonical forms of a pod, none where the two are no names of one. @param namespace null where it is not known */
export function canonicalPods(namespace: string | null, name: string): string[] {
  const alone = isGeneratedPodName(name) ? [`*/${name}`] : []
  return namespace !== null && LABEL.test(namespace) && NAME.test(name) ? [`${namespace}/${name}`, ...alone] : alone
}

const NONE: { pods: string[]; offset: number } = { pods: [], offset: 0 }

/** The pods that a word names: a path of the API, `namespace/name` or the name alone where a controller gave it. */
export function podsInWord(word: string): { pods: string[]; offset: number } {
  const isPath = word.includes('/pods/')
  if (!isPath && word.charCodeAt(word.length - 6) !== HYPHEN) return NONE
  const path = isPath ? API_PATH.exec(word) : null
  if (path?.[1] && path[2]) return { pods: canonicalPods(path[1], path[2]), offset: path.index }
  const slash = word.lastIndexOf('/')
  const name = word.slice(slash + 1)
  if (!isGeneratedPodName(name)) return NONE
  const namespace = slash > 0 ? word.slice(word.lastIndexOf('/', slash - 1) + 1, slash) : null
  const isKind = namespace === 'pod' || namespace === 'pods' || namespace === 'po'
  return { pods: canonicalPods(isKind ? null : namespace, name), offset: slash + 1 }
}

/** The host name of a service inside its cluster, under the domain that clusters have unless told otherwise. */
export function serviceHost(namespace: string, name: string): string | null {
  return LABEL.test(namespace) && LABEL.test(name) ? canonicalHost(`${name}.${namespace}.svc`) : null
}
