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
  const { options, operands } = readOptions(words, { short: 'eciwpsXxqgGoITVPm' })
  // Whoever listens reaches nobody.
  if (options.some(({ name }) => name === 'l' || name === 'listen')) return
  const [host, port] = operands
  if (host) yield to('connect', host, { host: literal(host.text), port: portOf(port?.text) })
}

export function* socatPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  for (const word of words) {
    const found = /^(?:TCP[46]?|OPENSSL|UDP[46]?)(?:-CONNECT)?:(\[[^\]]{2,64}\]|[^:,]{1,255}):(\d{1,5})/i.exec(word.text)
    if (found?.[1]) yield to('connect', word, { host: destinationOf(found[1]).host, port: portOf(found[2]) })
  }
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
