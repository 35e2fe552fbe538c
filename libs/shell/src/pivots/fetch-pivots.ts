import type { ShellWord } from '../command.ts'
import { destinationOf, destinationOfUrl, literal, portOf } from './destination.ts'
import { optionValues, readOptions } from './options.ts'
import { type FoundPivot, to } from './pivot.ts'

// curl(1) and wget(1): options whose values are no URL.
const CURL_LONG = [
  'request',
  'header',
  'data',
  'data-raw',
  'data-binary',
  'data-urlencode',
  'form',
  'user',
  'output',
  'cookie',
  'cookie-jar',
  'cacert',
  'cert',
  'key',
  'max-time',
  'connect-timeout',
  'user-agent',
  'referer',
  'upload-file',
  'write-out',
  'json',
  'retry',
  'range',
  'interface',
  'config',
  'proxy',
  'preproxy',
  'socks5',
  'socks5-hostname',
  'socks4',
  'connect-to',
  'resolve',
  'url',
  'unix-socket',
  'oauth2-bearer',
  'proxy-user',
] // prettier-ignore

/** `curl` fetches every operand that is a URL or a host, over the proxies that it names. */
export function* curlPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const { options, operands } = readOptions(words, { short: 'XHdFuUoObcEmAeTwCrKxQtyYzP', long: CURL_LONG })
  for (const word of optionValues(options, 'x', 'proxy', 'preproxy', 'socks5', 'socks5-hostname', 'socks4')) yield place('jump', word)
  for (const word of optionValues(options, 'connect-to')) yield* connectedTo(word)
  for (const word of [...operands, ...optionValues(options, 'url')]) yield* fetched(word)
}

const WGET_LONG = [
  'output-document',
  'header',
  'post-data',
  'post-file',
  'user',
  'password',
  'timeout',
  'tries',
  'directory-prefix',
  'user-agent',
  'method',
  'body-data',
  'ca-certificate',
] // prettier-ignore

export function* wgetPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  for (const word of readOptions(words, { short: 'OoaietTPUQwlADRI', long: WGET_LONG }).operands) yield* fetched(word)
}

/** `nc host port`, `socat … TCP:host:port`, `telnet host port`, and bash's `/dev/tcp/host/port`. */
export function* netcatPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const { options, operands } = readOptions(words, { short: 'eciwpsXxqgGoITVPm', long: ['proxy', 'proxy-type', 'proxy-auth', 'exec'] })
  // Whoever listens reaches nobody.
  // Nor does whoever speaks to a socket of the machine.
  if (options.some(({ name }) => name === 'l' || name === 'listen' || name === 'U')) return
  for (const word of optionValues(options, 'x', 'proxy')) yield to('jump', word, endpointOf(word))
  const [host, port] = operands
  if (host) yield to('connect', host, { host: literal(host.text), port: portOf(port?.text) })
}

export function* socatPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  for (const word of words) {
    const found = /^(?:TCP[46]?|OPENSSL|UDP[46]?)(?:-CONNECT)?:(\[[^\]]{2,64}\]|[^:,]{1,255}):(\d{1,5})/i.exec(word.text)
    if (found?.[1]) yield to('connect', word, { host: destinationOf(found[1]).host, port: portOf(found[2]) })
  }
}

function endpointOf({ text }: ShellWord) {
  const { host, port } = destinationOf(text)
  return { host, port }
}

/** `openssl s_client -connect host:port`. */
export function* openSslPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const [verb, ...others] = words
  const connect = others[others.findIndex(({ text }) => text === '-connect') + 1]
  if (verb?.text === 's_client' && connect && connect !== others[0]) yield to('connect', connect, endpointOf(connect))
}

const GIT_REACHES = new Set(['clone', 'fetch', 'pull', 'push', 'ls-remote', 'remote', 'submodule'])

/** `git clone ssh://git@host/repository`, `git@host:repository`. A remote's name leaves it to the configuration. */
export function* gitPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const [verb, ...operands] = readOptions(words, { short: 'Cc', long: ['git-dir', 'work-tree', 'depth', 'branch', 'origin'] }).operands
  if (!verb || !GIT_REACHES.has(verb.text)) return
  for (const word of operands) {
    const found = destinationOfUrl(word.text) ?? scpLike(word.text)
    if (found?.host) yield to('copy', word, { host: found.host, port: found.port, account: found.account })
  }
}

// gitsshd's short form; a path before the colon is a local one.
function scpLike(text: string) {
  const place = /^([^/:@]{1,64}@[^/:@]{1,255}):/.exec(text)?.[1]
  return place === undefined ? null : destinationOf(place)
}

function* fetched(word: ShellWord): Generator<FoundPivot> {
  const found = place('fetch', word)
  if (found.host !== null) yield found
}

// curl takes `host/path` for http.
function place(relation: 'fetch' | 'jump', word: ShellWord): FoundPivot {
  const hasScheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(word.text)
  const found = destinationOfUrl(hasScheme ? word.text : `http://${word.text}`)
  return to(relation, word, found ? { host: found.host, port: found.port, account: found.account } : {})
}

// `HOST1:PORT1:HOST2:PORT2`: what is really reached is the second.
function* connectedTo(word: ShellWord): Generator<FoundPivot> {
  const found = /:(\[[^\]]{2,64}\]|[^:]{1,255}):(\d{0,5})$/.exec(word.text)
  if (found?.[1]) yield to('fetch', word, { host: destinationOf(found[1]).host, port: portOf(found[2]) })
}
