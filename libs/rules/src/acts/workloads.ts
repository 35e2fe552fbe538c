import { type EventBody, textOf } from '@hoptrace/events'

type Body = EventBody<'kubernetes.request'>['body']

/** What a workload asks of the node that it will run on. */
export type WorkloadRisks = { isPrivileged: boolean; hasHostPath: boolean; capabilities: string[]; hostPaths: string[] }

const NO_RISKS: WorkloadRisks = { isPrivileged: false, hasHostPath: false, capabilities: [], hostPaths: [] }

/** Levels of an object that are looked at, and values kept of each list. */
const MAX_DEPTH = 32
const MAX_LISTED = 64
const MAX_TEXT = 256

/** Capabilities by which a container gets at its node (capabilities(7)). */
const STRONG: ReadonlySet<string> = new Set(
  ['ALL', 'SYS_ADMIN', 'SYS_PTRACE', 'SYS_MODULE', 'SYS_RAWIO', 'DAC_READ_SEARCH', 'BPF'].flatMap((name) => [name, `CAP_${name}`]),
)
const SHARED_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC']

/**
 * Reads the JSON of an object or of a patch, wherever in it the pod's template stands. A body that was cut, or is YAML, is searched
 * as text for the plainest forms; what is neither (protobuf) tells nothing.
 */
export function risksOf(body: Body): WorkloadRisks {
  if (!body?.data) return NO_RISKS
  const text = textOf(body.data)
  const parsed = parse(text)
  if (parsed === undefined) return risksOfText(text)
  const found: WorkloadRisks = { isPrivileged: false, hasHostPath: false, capabilities: [], hostPaths: [] }
  walk(parsed, '', 0, found)
  return found
}

/** The object that a body holds; null where it holds none that can be read. */
export function objectOf(body: Body): unknown {
  return body?.data ? (parse(textOf(body.data)) ?? null) : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function walk(at: unknown, key: string, depth: number, found: WorkloadRisks): void {
  if (typeof at !== 'object' || at === null || depth > MAX_DEPTH) return
  if (Array.isArray(at)) {
    for (const each of at) walk(each, key, depth + 1, found)
    return
  }
  for (const [name, value] of Object.entries(at)) {
    judge(name, value, found)
    walk(value, name, depth + 1, found)
  }
  if ('path' in at && 'value' in at && typeof at.path === 'string') judgePatch(at.path, at.value, found)
}

// One operation of a JSON patch (RFC 6902): the last steps of its path are the names that an object would have.
function judgePatch(path: string, value: unknown, found: WorkloadRisks): void {
  const steps = path.split('/').filter((step) => !/^(?:\d+|-)$/.test(step))
  const [parent = '', last = ''] = steps.slice(-2)
  judge(last, value, found)
  if (parent === 'capabilities' && last === 'add') addCapabilities(Array.isArray(value) ? value : [value], found)
}

function judge(name: string, value: unknown, found: WorkloadRisks): void {
  if ((name === 'privileged' || SHARED_NAMESPACES.includes(name)) && value === true) found.isPrivileged = true
  if (name === 'privileged' && value === true) addCapabilities(['ALL'], found)
  if (name === 'hostPath' && typeof value === 'object' && value !== null) {
    found.hasHostPath = true
    if ('path' in value && typeof value.path === 'string') keep(found.hostPaths, value.path)
  }
  if (name === 'capabilities' && typeof value === 'object' && value !== null && 'add' in value && Array.isArray(value.add))
    addCapabilities(value.add, found)
}

function addCapabilities(names: readonly unknown[], found: WorkloadRisks): void {
  for (const name of names) {
    if (typeof name !== 'string') continue
    keep(found.capabilities, name)
    if (STRONG.has(name.toUpperCase())) found.isPrivileged = true
  }
}

function keep(list: string[], text: string): void {
  const cut = text.slice(0, MAX_TEXT)
  if (list.length < MAX_LISTED && !list.includes(cut)) list.push(cut)
}

function risksOfText(text: string): WorkloadRisks {
  const isPrivileged = /"?\b(?:privileged|hostNetwork|hostPID|hostIPC)"?[ \t]{0,8}:[ \t]{0,8}true\b/.test(text)
  const hasHostPath = /"?\bhostPath"?[ \t]{0,8}:/.test(text)
  return { isPrivileged, hasHostPath, capabilities: isPrivileged ? ['ALL'] : [], hostPaths: [] }
}
