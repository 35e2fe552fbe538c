import { connectionParts } from '@hoptrace/events'
import { bodyStatements } from './routine-bodies.ts'
import { splitStatements, statementKind } from './statements.ts'

/** Where a statement makes the database itself go. */
export type SqlPivot =
  | {
      kind: 'connect'
      /** What says so: a foreign server, a user's account there, dblink, a subscription. */
      by: 'server' | 'user-mapping' | 'dblink' | 'subscription'
      host: string | null
      port: number | null
      account: string | null
      database: string | null
      /** Presented by this statement, as a use. */
      password: string | null
      /** Where the value stands in the text, in UTF-16 units; 0 where the parser does not say. */
      offset: number
    }
  /** A command line that the database's machine will run. */
  | { kind: 'program'; command: string; offset: number }
  /** What a bind value names: `dblink($1, …)`. `number` counts from 1. */
  | { kind: 'parameter'; by: 'dblink'; number: number; offset: number }

type Node = Readonly<Record<string, unknown>>
type Parse = (text: string) => { stmts?: readonly unknown[] | undefined }

const MAX_TEXT = 256 * 1024
const MAX_PIVOTS = 64
const MAX_NODES = 100_000
/** A connection stands in the first argument, or in the second where the first gives it a name. */
const CONNECTION_ARGUMENTS = 2
/** A body that makes another. */
const MAX_BODIES = 2
/** Words without which no statement reaches out: parsing costs a thousand times what this does. A quoted name can be spelled in escapes. */
const MAY_REACH_OUT = /\bdblink|u&"|\b(?:server|mapping|subscription|program|system)\b/i
/** In any statement; the other words only in those of these kinds. Log lines and product names hold them too. */
const IN_ANY = /\bdblink|u&"/i
const BY_KIND: ReadonlyMap<string, RegExp> = new Map([
  ['CREATE', /\b(?:server|mapping|subscription)\b/i],
  ['ALTER', /\b(?:server|mapping|subscription|system)\b/i],
  ['COPY', /\bprogram\b/i],
])
const BODIES: ReadonlySet<string> = new Set(['DO', 'CREATE'])
/** Settings whose value the server runs as a command. */
const COMMAND_SETTINGS = new Set([
  'archive_command',
  'restore_command',
  'archive_cleanup_command',
  'recovery_end_command',
  'ssl_passphrase_command',
])

/** Reads from SQL, by PostgreSQL's own parser, where it makes the database reach out. */
export class SqlPivots {
  private constructor(private readonly parse: Parse) {}

  /** Loads the parser once for the process: two megabytes, which nobody else who reads SQL here needs. */
  static async load(): Promise<SqlPivots> {
    const { loadModule, parseSync } = await import('libpg-query')
    await loadModule()
    return new SqlPivots(parseSync)
  }

  /** Pivots in their order; none where the text is no SQL that parses, or is longer than 256 KiB. Never throws. */
  in(text: string): SqlPivot[] {
    if (text.length > MAX_TEXT || !MAY_REACH_OUT.test(text) || text.includes('\0')) return []
    return splitStatements(text)
      .flatMap(([start, end]) => this.inStatement(text.slice(start, end), start))
      .slice(0, MAX_PIVOTS)
  }

  // One by one: what stands beside it in a text, a statement that is none among it, hides none.
  private inStatement(text: string, start: number, depth = 0): SqlPivot[] {
    if (!mayReachOut(text)) return []
    const search = new PivotSearch(text)
    for (const statement of this.statements(text)) search.visit(statement)
    const found = search.found.map((pivot) => ({ ...pivot, offset: start + pivot.offset }))
    if (depth >= MAX_BODIES) return found
    return [...found, ...search.bodies.flatMap((body) => this.inBody(body, start + Math.max(0, text.indexOf(body)), depth))]
  }

  private inBody(body: string, start: number, depth: number): SqlPivot[] {
    const statements = bodyStatements(body, (text) => MAY_REACH_OUT.test(text))
    return statements.flatMap(({ text, offset }) => this.inStatement(text, start + offset, depth + 1))
  }

  // The parser throws for what is no SQL, and for what nests too deep.
  private statements(text: string): readonly unknown[] {
    try {
      return this.parse(text).stmts ?? []
    } catch {
      return []
    }
  }
}

function mayReachOut(text: string): boolean {
  if (IN_ANY.test(text)) return true
  const kind = statementKind(text)
  return BY_KIND.get(kind)?.test(text) === true || (BODIES.has(kind) && MAY_REACH_OUT.test(text))
}

/** The statement's pivots with what its bind values say; a value that is no connection string, or none that is text, says nothing. */
export function withParameters(pivots: readonly SqlPivot[], values: readonly (string | null)[]): SqlPivot[] {
  return pivots.flatMap((pivot): SqlPivot[] => {
    if (pivot.kind !== 'parameter') return [pivot]
    const { by, number, offset } = pivot
    const parts = connectionParts(values[number - 1] ?? '')
    return parts?.host ? [{ kind: 'connect', by, ...parts, offset }] : []
  })
}

class PivotSearch {
  readonly found: SqlPivot[] = []
  /** Of routines and of `DO`, as they are stored: the server runs them without parsing them before. */
  readonly bodies: string[] = []
  private readonly bytes: Buffer

  constructor(text: string) {
    this.bytes = Buffer.from(text, 'utf8')
  }

  /** Walks the tree without recursion: how deep it is, its author chose. */
  visit(root: unknown): void {
    const left: unknown[] = [root]
    for (let nodes = 0; left.length > 0 && nodes < MAX_NODES && this.found.length < MAX_PIVOTS; nodes += 1) {
      const at = left.pop()
      if (Array.isArray(at)) left.push(...at.toReversed())
      else if (isNode(at)) {
        for (const [name, value] of Object.entries(at)) if (isNode(value)) this.look(name, value)
        left.push(...Object.values(at).toReversed())
      }
    }
  }

  private look(name: string, node: Node): void {
    if (name === 'CreateForeignServerStmt' || name === 'AlterForeignServerStmt') this.options('server', node)
    else if (name === 'CreateUserMappingStmt' || name === 'AlterUserMappingStmt') this.options('user-mapping', node)
    else if (name === 'CreateSubscriptionStmt' || name === 'AlterSubscriptionStmt')
      this.connection('subscription', node.conninfo, undefined)
    else if (name === 'CopyStmt' && node.is_program === true) this.program(node.filename, undefined)
    else if (name === 'AlterSystemStmt' && isNode(node.setstmt)) this.setting(node.setstmt)
    else if (name === 'FuncCall') this.call(node)
    else if (name === 'DoStmt') this.body(node.args)
    else if (name === 'CreateFunctionStmt') this.body(node.options)
  }

  private body(options: unknown): void {
    for (const option of listOf(options)) {
      const element = isNode(option) && isNode(option.DefElem) ? option.DefElem : {}
      if (element.defname === 'as') this.bodies.push(...stringsIn(element.arg))
    }
  }

  private options(by: 'server' | 'user-mapping', { options }: Node): void {
    const said = new Map<string, string>()
    let location: unknown
    let hostLocation: unknown
    for (const option of listOf(options)) {
      const element = isNode(option) && isNode(option.DefElem) ? option.DefElem : {}
      const value = isNode(element.arg) && isNode(element.arg.String) ? element.arg.String.sval : null
      if (typeof element.defname !== 'string' || typeof value !== 'string') continue
      said.set(element.defname.toLowerCase(), value)
      location ??= element.location
      if (/^host(?:addr)?$|^servername$/i.test(element.defname)) hostLocation ??= element.location
    }
    const { host, port, account, database, password } = partsOf(said)
    if (host ?? account ?? password)
      this.add({ kind: 'connect', by, host, port, account, database, password, offset: this.offset(hostLocation ?? location) })
  }

  private call({ funcname, args }: Node): void {
    const name = listOf(funcname)
      .map((part) => (isNode(part) && isNode(part.String) ? part.String.sval : null))
      .at(-1)
    if (typeof name !== 'string' || !/^dblink(?:$|_)/i.test(name)) return
    for (const arg of listOf(args)) {
      const constant = isNode(arg) && isNode(arg.A_Const) ? arg.A_Const : {}
      const text = isNode(constant.sval) ? constant.sval.sval : null
      // A call names a connection by a string of its own, and sends SQL: the one that reads as a connection string is one.
      if (this.connection('dblink', text, constant.location)) return
    }
    for (const arg of listOf(args).slice(0, CONNECTION_ARGUMENTS)) {
      const { number, location } = parameterIn(arg)
      if (typeof number === 'number') this.add({ kind: 'parameter', by: 'dblink', number, offset: this.offset(location) })
    }
  }

  private connection(by: 'dblink' | 'subscription', text: unknown, location: unknown): boolean {
    const parts = typeof text === 'string' ? connectionParts(text) : null
    if (!parts || !(parts.host ?? parts.account ?? parts.password ?? parts.database)) return false
    this.add({ kind: 'connect', by, ...parts, offset: this.offset(location) })
    return true
  }

  private setting({ name, args }: Node): void {
    if (typeof name !== 'string' || !COMMAND_SETTINGS.has(name.toLowerCase())) return
    for (const arg of listOf(args)) {
      const constant = isNode(arg) && isNode(arg.A_Const) ? arg.A_Const : {}
      this.program(isNode(constant.sval) ? constant.sval.sval : null, constant.location)
    }
  }

  private program(command: unknown, location: unknown): void {
    if (typeof command === 'string' && command !== '') this.add({ kind: 'program', command, offset: this.offset(location) })
  }

  private add(pivot: SqlPivot): void {
    if (this.found.length < MAX_PIVOTS) this.found.push(pivot)
  }

  // The parser counts bytes.
  private offset(location: unknown): number {
    return typeof location === 'number' && location > 0 ? this.bytes.subarray(0, location).toString('utf8').length : 0
  }
}

// `$1`, `$1::text`.
function parameterIn(arg: unknown): Node {
  if (!isNode(arg)) return {}
  if (isNode(arg.TypeCast)) return parameterIn(arg.TypeCast.arg)
  return isNode(arg.ParamRef) ? arg.ParamRef : {}
}

// `AS 'body'` of DO is a string; of a routine a list of one.
function stringsIn(arg: unknown): string[] {
  if (!isNode(arg)) return []
  if (isNode(arg.String)) return typeof arg.String.sval === 'string' ? [arg.String.sval] : []
  return isNode(arg.List) ? listOf(arg.List.items).flatMap(stringsIn) : []
}

function partsOf(said: ReadonlyMap<string, string>) {
  const port = Number(said.get('port'))
  return {
    host: said.get('host') ?? said.get('hostaddr') ?? said.get('servername') ?? null,
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
    account: said.get('user') ?? said.get('username') ?? null,
    database: said.get('dbname') ?? said.get('database') ?? null,
    password: said.get('password') ?? null,
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
