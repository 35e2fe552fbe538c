import { connectionParts } from '@hoptrace/events'
import type { ShellWord } from '../command.ts'
import { literal, portOf } from './destination.ts'
import { optionValue, type ReadWords, readOptions } from './options.ts'
import { type FoundPivot, to } from './pivot.ts'

const POSTGRES_LONG = [
  'host',
  'port',
  'username',
  'dbname',
  'command',
  'file',
  'set',
  'variable',
  'output',
  'log-file',
  'pset',
  'table',
  'schema',
  'format',
  'jobs',
] // prettier-ignore

/** `psql`, `pg_dump` and their like: options, a connection string, or a URL. */
export function* postgresPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const read = readOptions(words, { short: 'hpUdcfvoLPFRTtnNjES', long: POSTGRES_LONG })
  const named = optionValue(read.options, 'd', 'dbname') ?? read.operands[0] ?? null
  const stated = named && fromConnectionString(named)
  if (stated) return yield stated
  yield* fromOptions(read, { host: ['h', 'host'], port: ['p', 'port'], account: ['U', 'username'], database: named })
}

// -p takes a value only where it is attached: it is the password.
const MYSQL_LONG = ['host', 'port', 'user', 'database', 'execute', 'socket', 'protocol', 'default-character-set']

/** `mysql`, `mariadb`, `mysqldump`. */
export function* mysqlPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const read = readOptions(words.map(withoutPassword), { short: 'hPuDeS', long: MYSQL_LONG })
  const named = optionValue(read.options, 'D', 'database') ?? read.operands[0] ?? null
  const url = named && fromUrl(named)
  if (url) return yield url
  yield* fromOptions(read, { host: ['h', 'host'], port: ['P', 'port'], account: ['u', 'user'], database: named })
}

/** `redis-cli -h host -p port -n database` or `-u redis://…`. */
export function* redisPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const read = readOptions(words, { short: 'hpasnuriD', long: ['user', 'pass'], operandsBefore: 0 })
  const named = optionValue(read.options, 'u')
  const url = named && fromUrl(named)
  if (url) return yield url
  yield* fromOptions(read, { host: ['h'], port: ['p'], account: ['user'], database: optionValue(read.options, 'n') })
}

/** `mongosh`, `mongo`, `clickhouse-client` and others that take a URL or `--host`. */
export function* hostOptionPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const read = readOptions(words, { short: 'hpu', long: ['host', 'port', 'user', 'username', 'password', 'database', 'query', 'eval'] })
  const url = read.operands.map(fromUrl).find((found) => found !== null)
  if (url) return yield url
  const database = optionValue(read.options, 'database') ?? read.operands[0] ?? null
  yield* fromOptions(read, { host: ['h', 'host'], port: ['p', 'port'], account: ['u', 'user', 'username'], database })
}

type Names = { host: string[]; port: string[]; account: string[]; database: ShellWord | null }

// Without a host it is the machine itself, and no pivot.
function* fromOptions({ options }: ReadWords, names: Names): Generator<FoundPivot> {
  const host = optionValue(options, ...names.host)
  if (!host || host.text.startsWith('/')) return
  yield to('connect', host, {
    host: literal(host.text),
    port: portOf(optionValue(options, ...names.port)?.text),
    account: literal(optionValue(options, ...names.account)?.text ?? ''),
    object: literal(names.database?.text ?? ''),
  })
}

function fromUrl(word: ShellWord): FoundPivot | null {
  return /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(word.text) ? fromConnectionString(word) : null
}

function fromConnectionString(word: ShellWord): FoundPivot | null {
  const parts = connectionParts(word.text)
  if (!parts?.host) return null
  const { host, port, account, database } = parts
  return to('connect', word, { host: literal(host), port, account: literal(account ?? ''), object: literal(database ?? '') })
}

function withoutPassword(word: ShellWord): ShellWord {
  return word.text.startsWith('-p') ? { ...word, text: '-p' } : word
}
