import { leadingWords } from '@hoptrace/sql'
import { observeParams, readBindValues, readFormats } from './bind-values.ts'
import { wholeCharacters } from './budget.ts'
import { type Conversation, NO_PARAMS } from './conversation.ts'
import { CopySample } from './copy-sample.ts'
import type { Definition, Portal, Prepared } from './definitions.ts'
import type { MessageSink, MessageStream } from './frames.ts'
import { LongParse, type LongParseParts, LongQuery } from './long-messages.ts'
import { MessageReader } from './message-reader.ts'
import { COPY_END, isExecution, SYNC } from './outstanding.ts'
import { areValuesRepeated, isTextRepeated } from './repeats.ts'
import { StatementStream } from './statement-stream.ts'
import { observeStatement, readStatement, type StatementText } from './statement-text.ts'

const BIND = 66
const CLOSE = 67
const DESCRIBE = 68
const EXECUTE = 69
const FUNCTION_CALL = 70
const PARSE = 80
const QUERY = 81
const SYNC_MESSAGE = 83
const TERMINATE = 88
const COPY_DONE = 99
const COPY_DATA = 100
const COPY_FAIL = 102

const STATEMENT_LIMIT = 256 * 1024
/** Between its start and its tail a longer text is recorded in pieces, up to here. */
const LONGEST_STATEMENT = 16 * 1024 * 1024
const NAME_LIMIT = 16 * 1024
const RECORDED_NAME = 63
const TAIL_SIZE = 80 * 1024

/** Turns what the caller asks into statements and outstanding answers. */
export class CallerMessages implements MessageSink {
  private readonly reader = new MessageReader()
  private hasTooLong = false

  constructor(private readonly conversation: Conversation) {}

  /** True after a Query or Parse longer than can be recorded. */
  get isTooLong(): boolean {
    return this.hasTooLong
  }

  stream(type: number, bodyLength: number): MessageStream | null {
    if (type !== QUERY && type !== PARSE) return null
    if (bodyLength > LONGEST_STATEMENT) this.hasTooLong = true
    if (this.hasTooLong) return null
    const onPiece = (piece: Buffer) => this.conversation.textPiece(piece)
    if (type === QUERY) return new LongQuery(bodyLength, onPiece, (statement) => this.askQuery(statement))
    return new LongParse(bodyLength, onPiece, (parts) => this.longParse(parts))
  }

  wanted(type: number): number {
    if (type === QUERY || type === PARSE || type === BIND || type === FUNCTION_CALL) return STATEMENT_LIMIT
    if (type === COPY_DATA) return this.copySample()?.wanted ?? 0
    return type === EXECUTE || type === DESCRIBE || type === CLOSE ? NAME_LIMIT : 0
  }

  message(type: number, bytes: Buffer, start: number, end: number, bodyLength: number): void {
    const reader = this.reader.reset(bytes, start, end)
    switch (type) {
      case QUERY:
        this.query(bytes, start, end)
        break
      case PARSE:
        this.parse(reader, bytes)
        break
      case BIND:
        this.bind(reader, bytes, end)
        break
      case EXECUTE:
        this.execute(name(reader, bytes))
        break
      case DESCRIBE:
      case CLOSE:
        this.describeOrClose(type, reader, bytes)
        break
      case TERMINATE:
        this.conversation.hasTerminated = true
        break
      case SYNC_MESSAGE:
        this.sync()
        break
      case FUNCTION_CALL:
        this.functionCall(reader, bytes, end)
        break
      case COPY_DATA:
        this.copySample()?.add(bytes, start, end, bodyLength)
        break
      case COPY_DONE:
      case COPY_FAIL:
        this.copyEnd()
        break
    }
  }

  // The body's last byte is the NUL that ends the text. One inside the text stays in it: the server will refuse it, and it is evidence.
  private query(bytes: Buffer, start: number, end: number): void {
    const isEnded = end > start && bytes[end - 1] === 0
    this.askQuery(this.readText(bytes, start, isEnded ? end - 1 : end))
  }

  private askQuery(statement: StatementText): void {
    const analysis = this.conversation.analyser.analyseStatement(statement)
    this.conversation.ask({ mode: 'simple', prepared: null, statement, analysis, params: NO_PARAMS }, 'query', null)
  }

  private parse(reader: MessageReader, bytes: Buffer): void {
    const [nameStart, nameEnd] = reader.string()
    const [textStart, textEnd] = reader.string()
    const statement = this.readText(bytes, textStart, textEnd)
    this.define(bytes, nameStart, nameEnd, statement, readOids(reader))
  }

  private longParse({ name: bytes, statement, types }: LongParseParts): void {
    this.define(bytes, 0, bytes.length, statement, readOids(this.reader.reset(types, 0, types.length)))
  }

  private define(bytes: Buffer, nameStart: number, nameEnd: number, statement: StatementText, oids: number[]): void {
    const key = bytes.toString('latin1', nameStart, nameEnd)
    const item = this.preparedOf(recordedName(bytes, nameStart, nameEnd), statement, oids)
    this.conversation.expect({ kind: 'parse', name: key, definition: this.conversation.prepared.define(key, item) })
  }

  // A short text may still take too much room in its event: control characters are escaped.
  private readText(bytes: Buffer, start: number, end: number): StatementText {
    const statement = readStatement(bytes, start, end, end - start)
    if (statement.truncated === undefined) return statement
    const stream = new StatementStream(end - start, (piece) => this.conversation.textPiece(piece))
    stream.add(bytes, start, end)
    return stream.finish()
  }

  preparedOf(recorded: string, statement: StatementText, oids: number[]): Prepared {
    const analysis = this.conversation.analyser.analyseStatement(statement)
    const size = 256 + statement.text.length + (statement.cut ? TAIL_SIZE : 0)
    return { name: recorded, statement, analysis, oids, description: null, size, askedAt: null, named: null, notedAt: null }
  }

  private bind(reader: MessageReader, bytes: Buffer, end: number): void {
    const portalName = name(reader, bytes)
    const [nameStart, nameEnd] = reader.string()
    const statementName = bytes.toString('latin1', nameStart, nameEnd)
    const prepared = this.conversation.prepared.get(statementName) ?? this.unknown(recordedName(bytes, nameStart, nameEnd))
    const values = readBindValues(reader, bytes, end, prepared.item.oids)
    const portal: Portal = { prepared, values, formats: readFormats(reader), description: null, size: 256 + values.size, askedAt: null }
    this.conversation.expect({ kind: 'bind', name: portalName, definition: this.conversation.portals.define(portalName, portal) })
  }

  // A name that was never defined here: the server will refuse it, or knows it from what we could not follow.
  private unknown(recorded: string): Definition<Prepared> {
    return { item: this.preparedOf(recorded, { text: '' }, []), isConfirmed: true, earlier: [] }
  }

  private execute(portalName: string): void {
    const { conversation } = this
    const portal = conversation.portals.get(portalName) ?? this.unknownPortal()
    const { prepared, values } = portal.item
    const { analysis, statement, name: recorded } = prepared.item
    const isRepeated = isTextRepeated(portal.item)
    let observer = null as ReturnType<typeof conversation.log.observer> | null
    const observerOfBoth = () => {
      observer ??= isRepeated ? conversation.log.observer() : observeStatement(conversation.log.observer(), statement)
      return observer
    }
    if (!areValuesRepeated(portal.item)) observeParams(values.params, observerOfBoth)
    const paramsTruncated = values.truncated
    conversation.ask(
      { mode: 'extended', prepared: recorded, statement, analysis, params: values.params, paramsTruncated },
      'execute',
      portal,
      observer?.result() ?? (isRepeated ? null : analysis.found),
    )
    this.noteAlternatives(portal)
  }

  private unknownPortal(): Definition<Portal> {
    const item: Portal = {
      prepared: this.unknown(''),
      values: { params: [], size: 0 },
      formats: [],
      description: null,
      size: 0,
      askedAt: null,
    }
    return { item, isConfirmed: true, earlier: [] }
  }

  // A name defined again while the server has not said whether it lets it: what it would run otherwise goes on record too.
  private noteAlternatives(portal: Definition<Portal>): void {
    const { prepared } = portal.item
    const others = [...(prepared.isConfirmed ? [] : prepared.earlier), ...portal.earlier.map((other) => other.item.prepared)]
    for (const other of others) this.conversation.noteAlternative(other.item)
  }

  private describeOrClose(type: number, reader: MessageReader, bytes: Buffer): void {
    const isPortal = reader.uint8() === 80
    const target = name(reader, bytes)
    const prepared = isPortal ? null : (this.conversation.prepared.get(target) ?? null)
    const portal = isPortal ? (this.conversation.portals.get(target) ?? null) : null
    if (type === DESCRIBE) this.conversation.expect({ kind: 'describe', prepared, portal })
    else this.conversation.expect({ kind: 'close', name: target, prepared, portal })
  }

  private sync(): void {
    if (this.conversation.isCopyingIn) return
    this.conversation.isDiscarding = false
    this.conversation.outstanding.push(SYNC)
  }

  private functionCall(reader: MessageReader, bytes: Buffer, end: number): void {
    const oid = reader.uint32()
    const values = readBindValues(reader, bytes, end, [])
    const analysis = { kind: 'FUNCTION', tables: [], found: null, pivots: [] }
    const asked = { mode: 'function' as const, prepared: null, statement: { text: `function ${oid}` }, analysis, params: values.params }
    this.conversation.ask({ ...asked, paramsTruncated: values.truncated }, 'function', null)
  }

  // Callers may send a COPY's data before the server has said that it wants it.
  private copySample(): CopySample | undefined {
    const { head, lastExecution } = this.conversation.outstanding
    const execution = this.conversation.isCopyingIn && isExecution(head) ? head : lastExecution
    if (execution === undefined) return undefined
    execution.copyIn ??= new CopySample()
    return execution.copyIn
  }

  // A COPY takes effect at its end: the sample goes on record before that is forwarded.
  private copyEnd(): void {
    const copy = this.copySample()
    if (copy !== undefined) this.recordCopy(copy)
    if (this.conversation.isCopyingIn) this.conversation.isCopyingIn = false
    else if (copy !== undefined) this.conversation.expect(COPY_END)
  }

  private recordCopy(copy: CopySample): void {
    const { sample, text, truncated } = copy.sample()
    const found = this.conversation.log.observer().text(text, 'asked', '/data').result()
    const body = { channel: null, data: sample, kind: 'copy' as const, message: '', severity: null, sqlstate: null }
    this.conversation.log.append('sql.notice', { ...body, ...(truncated ? { truncated } : {}) }, found)
  }
}

/** A name as the server's tables compare it: by bytes. */
function name(reader: MessageReader, bytes: Buffer): string {
  const [start, end] = reader.string()
  return start === end ? '' : bytes.toString('latin1', start, end)
}

function recordedName(bytes: Buffer, start: number, end: number): string {
  if (start === end) return ''
  const cut = end - start > RECORDED_NAME ? wholeCharacters(bytes, start, start + RECORDED_NAME) : end
  return bytes.toString('utf8', start, cut)
}

function readOids(reader: MessageReader): number[] {
  const count = reader.isShort ? 0 : reader.uint16()
  const oids: number[] = []
  for (let n = 0; n < count && !reader.isShort; n += 1) oids.push(reader.uint32())
  return oids
}

/** The name in `PREPARE name AS …`, `DEALLOCATE [PREPARE] name`, as the server folds it; null when there is none. */
export function sqlName(text: string): string | null {
  const words = leadingWords(text, 3)
  const found = words[1] === 'PREPARE' ? words[2] : words[1]
  if (found === undefined || found === '') return null
  const folded = found.startsWith('"') ? found.slice(1, -1).replaceAll('""', '"') : found.toLowerCase()
  return Buffer.from(folded, 'utf8').toString('latin1')
}
