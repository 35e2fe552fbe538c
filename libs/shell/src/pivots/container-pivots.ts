import type { ShellWord } from '../command.ts'
import { destinationOf, destinationOfUrl, literal, portOf } from './destination.ts'
import { optionValue, type ReadOption, readOptions } from './options.ts'
import { type FoundPivot, to, type Variables } from './pivot.ts'

const KUBECTL_LONG = [
  'namespace',
  'server',
  'context',
  'cluster',
  'user',
  'kubeconfig',
  'token',
  'container',
  'selector',
  'filename',
  'output',
  'as',
  'as-group',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'request-timeout',
  'field-selector',
  'image',
  'overrides',
  'address',
] // prettier-ignore

/** `kubectl`: the server or context that it names, and the pods that it enters or tunnels to. */
export function* kubectlPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const dashes = words.findIndex(({ text }) => text === '--')
  const own = dashes < 0 ? words : words.slice(0, dashes)
  const { options, operands } = readOptions(own, { short: 'nscflo', long: KUBECTL_LONG })
  yield* servers(options)
  const [verb, first, ...others] = operands
  if (!verb || !first) return
  const command = dashes < 0 ? others : words.slice(dashes + 1)
  const inNamespace = optionValue(options, 'n', 'namespace')?.text ?? null
  if (verb.text === 'exec') yield to('exec', first, { object: podOf(first, inNamespace), inner: command })
  if (verb.text === 'rsh') yield to('exec', first, { object: podOf(first, inNamespace), inner: command })
  if (verb.text === 'attach' || verb.text === 'debug') yield to('exec', first, { object: podOf(first, inNamespace) })
  if (verb.text === 'port-forward') yield to('forward', first, { object: podOf(first, inNamespace), port: forwardedPort(others) })
  if (verb.text === 'cp') yield* copies([first, ...others], inNamespace)
}

const DOCKER_LONG = [
  'host',
  'context',
  'config',
  'log-level',
  'user',
  'workdir',
  'env',
  'env-file',
  'detach-keys',
  'name',
  'volume',
  'network',
]

/** `docker`, `podman`, `nerdctl`, `crictl`: a daemon elsewhere, and the containers that they enter. */
export function* dockerPivots(words: readonly ShellWord[], variables: Variables = NO_VARIABLES): Generator<FoundPivot> {
  const { options, rest } = readOptions(words, { short: 'Hcl', long: DOCKER_LONG, operandsBefore: 0 })
  const daemon = optionValue(options, 'H', 'host') ?? variables.get('DOCKER_HOST') ?? null
  for (const word of [daemon, optionValue(options, 'c', 'context')]) {
    const found = word && destinationOfUrl(word.text)
    if (word) yield to('connect', word, found?.host ? placeOf(found) : { object: literal(word.text) })
  }
  const [verb, ...others] = rest
  if (verb?.text === 'container') return yield* dockerPivots(others)
  if (verb?.text === 'compose') return yield* composePivots(others)
  if (verb?.text === 'run') return yield* ranInContainer(others)
  if (verb?.text !== 'exec' && verb?.text !== 'attach') return
  const entered = readOptions(others, { short: 'uwe', long: DOCKER_LONG, operandsBefore: 0 }).rest
  const [container, ...inner] = entered
  if (container) yield to('exec', container, { object: literal(container.text), inner })
}

const NO_VARIABLES: Variables = new Map()
const COMPOSE_LONG = ['file', 'project-name', 'project-directory', 'profile', 'env-file', 'user', 'workdir', 'env', 'index']

/** `docker compose exec service command`. */
export function* composePivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const [verb, ...others] = readOptions(words, { short: 'fp', long: COMPOSE_LONG, operandsBefore: 0 }).rest
  if (verb?.text !== 'exec') return
  const [service, ...inner] = readOptions(others, { short: 'uwe', long: COMPOSE_LONG, operandsBefore: 0 }).rest
  if (service) yield to('exec', service, { object: literal(service.text), inner })
}

const RUN_LONG = [...DOCKER_LONG, 'entrypoint', 'net', 'mount', 'publish', 'expose', 'label', 'hostname', 'add-host', 'platform', 'pull']

// A container of its own is no place that was there: what runs in it goes from here.
function* ranInContainer(words: readonly ShellWord[]): Generator<FoundPivot> {
  const [image, ...inner] = readOptions(words, { short: 'uwevplhamc', long: RUN_LONG, operandsBefore: 0 }).rest
  if (image && inner.length > 0) yield to('jump', image, { inner })
}

function placeOf({ host, port, account }: { host: string | null; port: number | null; account: string | null }) {
  return { host, port, account }
}

function* servers(options: readonly ReadOption[]): Generator<FoundPivot> {
  const server = optionValue(options, 's', 'server')
  const found = server && (destinationOfUrl(server.text) ?? destinationOf(server.text))
  if (server && found) yield to('connect', server, { host: found.host, port: found.port })
  const context = optionValue(options, 'context', 'cluster')
  if (context) yield to('connect', context, { object: literal(context.text) })
}

// `pod/web-1` and `web-1` are one; `deploy/web` stays what it is.
function podOf({ text }: ShellWord, namespace: string | null): string | null {
  const name = text.replace(/^pods?\//, '')
  return literal(namespace === null ? name : `${namespace}/${name}`)
}

function forwardedPort(words: readonly ShellWord[]): number | null {
  return portOf(words[0]?.text.split(':').at(-1))
}

// `kubectl cp ns/pod:/path here`: the side with a colon is the pod.
function* copies(words: readonly ShellWord[], namespace: string | null): Generator<FoundPivot> {
  for (const word of words) {
    const pod = /^((?:[a-z0-9-]{1,63}\/)?[a-z0-9.-]{1,253}):/.exec(word.text)?.[1]
    if (pod) yield to('copy', word, { object: pod.includes('/') || namespace === null ? pod : `${namespace}/${pod}` })
  }
}
