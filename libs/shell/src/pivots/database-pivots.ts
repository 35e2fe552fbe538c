import { connectionParts } from '@hoptrace/events'
import type { ShellWord } from '../command.ts'
import { literal, portOf } from './destination.ts'
import { optionValue, type ReadWords, readOptions } from './options.ts'
import { type FoundPivot, to, type Variables } from './pivot.ts'

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
export function* postgresPivots(words: readonly ShellWord[], variables: Variables): Generator<FoundPivot> {
  const read = readOptions(words, { short: 'hpUdcfvoLPFRTtnNjES', long: POSTGRES_LONG })
  const named = optionValue(read.options, 'd', 'dbname') ?? read.operands[0] ?? null
  const stated = named && fromConnectionString(named)
  if (stated) return yield* eachHost(stated)
  // libpq-envars: what is not said stands in these.
  const said = {
    host: optionValue(read.options, 'h', 'host') ?? variables.get('PGHOST') ?? variables.get('PGHOSTADDR') ?? null,
    port: optionValue(read.options, 'p', 'port') ?? variables.get('PGPORT') ?? null,
    account: optionValue(read.options, 'U', 'username') ?? variables.get('PGUSER') ?? null,
    database: named ?? variables.get('PGDATABASE') ?? null,
  }
  for (const found of fromValues(said)) yield* eachHost(found)
}

// `host=a,b`: libpq tries one after the other.
function* eachHost(found: FoundPivot): Generator<FoundPivot> {
  const hosts = found.host?.split(',') ?? []
  if (hosts.length < 2) return yield found
  for (const host of hosts.slice(0, MAX_HOSTS)) yield { ...found, host: literal(host) }
}

const MAX_HOSTS = 16

// Schemes of addresses that a client connects to; what is fetched over HTTP is as often a document's name.
const CONNECTION_URL =
  /^(?:-{0,2}[A-Za-z_][\w-]{0,63}=)?((?:postgres(?:ql)?|mysql|mariadb|rediss?|mongodb(?:\+srv)?|amqps?|clickhouse|mssql|ldaps?|ssh|sftp|ftps?):\/\/\S{1,4096})$/i

/** Any program: the connection URLs that it is given, as a word, an option's value or a variable (`DATABASE_URL=postgres://… ./migrate`). */
export function* urlPivots(words: readonly ShellWord[], variables: Variables): Generator<FoundPivot> {
  for (const word of [...variables.values(), ...words]) {
    const url = word.text.includes('://') ? CONNECTION_URL.exec(word.text)?.[1] : undefined
    const found = url && fromUrl({ text: url, offset: word.offset + word.text.length - url.length })
    if (found) yield* eachHost(found)
  }
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
function fromOptions({ options }: ReadWords, names: Names): Generator<FoundPivot> {
  const [host, port, account] = [names.host, names.port, names.account].map((each) => optionValue(options, ...each))
  return fromValues({ host: host ?? null, port: port ?? null, account: account ?? null, database: names.database })
}

type Values = { host: ShellWord | null; port: ShellWord | null; account: ShellWord | null; database: ShellWord | null }

function* fromValues({ host, port, account, database }: Values): Generator<FoundPivot> {
  if (!host || host.text.startsWith('/')) return
  yield to('connect', host, {
    host: literal(host.text),
    port: portOf(port?.text),
    account: literal(account?.text ?? ''),
    object: literal(database?.text ?? ''),
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
