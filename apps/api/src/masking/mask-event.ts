import { type Bytes, decodeBytes, encodeBytes, type Observable, type SessionEvent, WITHHELD_NOTE } from '@hoptrace/events'
import { namedSecrets } from './named-secrets.ts'
import { addressSecrets, bodySecrets, pairSecrets } from './request-secrets.ts'
import { isSecretName, SECRET_NAME } from './secret-names.ts'
import { hidden, merged, type Span, secretSpans, urlAndKeySecrets, wordAt } from './secret-ranges.ts'
import { writtenSecrets } from './written-secrets.ts'

/** Stands for each character of a secret in text. */
export const MARK = '•'
/** Stands for each byte of one in recorded bytes: one column of a terminal, as the byte was. */
export const BYTE_MARK = '*'
const UNSEEN = MARK.repeat(8)
/** Hidden before, as a part of what came in pieces. */
const IS_HIDDEN = /^[•*]+$/

/** A name and its value. */
const IS_PAIR = /^\/(?:headers|query)\/\d+$/

export type Masked<T> = { shown: T; masked: number }

/** What is said in each type of event. Of a type that is not here, everything is. */
const said: Partial<Record<SessionEvent['type'], readonly string[]>> = {
  'run.started': ['task'],
  'run.revoked': ['reason'],
  'run.expired': [],
  'session.started': [],
  'session.ended': ['message'],
  'access.decided': ['asked', 'message'],
  'sql.statement': ['text', 'tail', 'tailRaw', 'raw', 'params'],
  'sql.result': ['sample', 'error', 'copy'],
  'sql.notice': ['message', 'data'],
  'terminal.output': ['data'],
  'terminal.input': ['data'],
  'terminal.resize': [],
  'terminal.marker': ['label'],
  'ssh.exec': ['command', 'bytes'],
  'ssh.exit': [],
  'file.transfer': ['path'],
  'http.request': ['path', 'headers', 'body'],
  'http.response': ['headers', 'body', 'redirect', 'refused', 'end'],
  'http.message': ['data'],
  'http.ended': ['message'],
  'kubernetes.request': ['path', 'headers', 'body', 'query', 'name'],
  'kubernetes.exec': ['command'],
  'kubernetes.exit': ['reason', 'message'],
  'kubernetes.forward': [],
  'tool.call': ['arguments'],
  'tool.result': ['result'],
  'pivot.named': ['host', 'account', 'object', 'on', 'command'],
  'recording.gap': [],
  'recording.viewed': [],
  'gateway.heartbeat': [],
}

/**
 * The event with the secrets in it hidden. Secrets are what the scan of capture takes for credentials and private keys, what was
 * presented as one, cells and bind values of columns and variables whose names say so, and input that was typed without echo.
 */
export function maskEvent(event: SessionEvent): Masked<SessionEvent> {
  const walk = new Walk(event)
  const members = said[event.type]
  const body = Object.fromEntries(
    Object.entries(event.body).map(([member, value]) => [
      member,
      members?.includes(member) === false ? value : walk.value(value, `/${member}`),
    ]),
  )
  // A URL keeps its query where its value is told, and a token with dots may be told as a host.
  const observables = event.observables.map((found) => (found.value === undefined ? found : { ...found, value: walk.found(found.value) }))
  if (walk.masked === 0) return { shown: event, masked: 0 }
  // The shape is the body's own: only what its strings hold has changed.
  return { shown: { ...event, body, observables } as SessionEvent, masked: walk.masked }
}

class Walk {
  masked = 0
  private readonly presented: Observable[]
  private readonly secretColumns: ReadonlySet<number>
  private readonly secretParams: ReadonlySet<number>
  private readonly isUnechoed: boolean
  private readonly isSecretVariable: boolean
  private readonly isRequest: boolean
  private readonly isPivot: boolean

  constructor(event: SessionEvent) {
    this.presented = event.observables.filter(({ kind, role }) => (kind === 'credential' || kind === 'key') && role === 'presented')
    this.isRequest = /^(?:http|kubernetes|tool)\./.test(event.type)
    this.isPivot = event.type === 'pivot.named'
    this.isUnechoed = event.type === 'terminal.input' && !event.body.isEchoed
    this.isSecretVariable = event.type === 'ssh.env' && SECRET_NAME.test(event.body.name)
    this.secretParams = event.type === 'sql.statement' ? writtenSecrets(event.body.text).params : new Set()
    const columns = event.type === 'sql.result' ? event.body.columns : []
    this.secretColumns = new Set(columns.flatMap(({ name }, index) => (SECRET_NAME.test(name) ? [index] : [])))
  }

  value(value: unknown, at: string): unknown {
    if (typeof value === 'string') return this.text(value, at)
    if (this.isRequest && isWords(value)) {
      if (at === '/command') return this.words(value, at)
      const [name = '', text = ''] = value
      if (IS_PAIR.test(at)) return [name, this.hide(text, [...pairSecrets(name, text), ...this.presentedIn(text, `${at}/1`)], MARK)]
    }
    if (Array.isArray(value)) return value.map((item, index) => this.item(item, value[index - 1], `${at}/${index}`))
    if (typeof value !== 'object' || value === null) return value
    if (isBytes(value)) return this.bytes(value, at)
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, this.value(inner, `${at}/${member}`)]))
  }

  // A table of settings has the name in one cell and the secret in the next.
  private item(item: unknown, before: unknown, at: string): unknown {
    const isNamed = typeof item === 'string' && typeof before === 'string' && at.startsWith('/sample/') && isSecretName(before)
    return isNamed ? this.unseen() : this.value(item, at)
  }

  // `--password` is one word of a command, and its value the next: they are looked at as one line.
  private words(words: readonly string[], at: string): string[] {
    let start = 0
    const shown = this.hide(words.join(' '), secretSpans(words.join(' ')), MARK)
    return words.map((word, index) => {
      const own = shown.slice(start, start + word.length)
      start += word.length + 1
      return this.hide(own, this.presentedIn(word, `${at}/${index}`), MARK)
    })
  }

  private unseen(): string {
    this.masked += 1
    return UNSEEN
  }

  found(value: string): string {
    return this.hide(value, [...namedSecrets(value)], MARK)
  }

  private text(text: string, at: string): string {
    if (this.isWhole(at)) return this.unseen()
    if (this.isRequest || at === '/asked/action') return this.hide(text, [...requestSecrets(text, at), ...this.presentedIn(text, at)], MARK)
    // Names of hosts and pods look like tokens: of a destination only what says of itself that it is a secret.
    if (this.isPivot && at !== '/command') return this.hide(text, merged([...namedSecrets(text), ...urlAndKeySecrets(text)]), MARK)
    const isCell = at.startsWith('/sample/') || at.startsWith('/params/')
    return this.hide(text, [...secretSpans(text, isCell), ...this.presentedIn(text, at)], MARK)
  }

  private bytes(bytes: Bytes, at: string): Bytes {
    if (this.isUnechoed) return { utf8: this.unseen() }
    if ('utf8' in bytes && this.isRequest)
      return { utf8: this.hide(bytes.utf8, [...bodySecrets(bytes.utf8), ...this.presentedIn(bytes.utf8, `${at}/utf8`)], MARK) }
    if ('utf8' in bytes)
      return { utf8: this.hide(bytes.utf8, [...secretSpans(bytes.utf8), ...this.presentedIn(bytes.utf8, `${at}/utf8`)], BYTE_MARK) }
    const text = decodeBytes(bytes).toString('latin1')
    const shown = this.hide(text, secretSpans(text), BYTE_MARK)
    return shown === text ? bytes : encodeBytes(Buffer.from(shown, 'latin1'))
  }

  private hide(text: string, spans: readonly Span[], mark: string): string {
    const found = merged(spans).filter(([start, end]) => !isHidden(text.slice(start, end)))
    this.masked += found.length
    return found.length === 0 ? text : hidden(text, found, mark)
  }

  private isWhole(at: string): boolean {
    const column = /^\/sample\/\d+\/(\d+)$/.exec(at)?.[1]
    if (column !== undefined && this.secretColumns.has(Number(column))) return true
    const param = /^\/params\/(\d+)\/value$/.exec(at)?.[1]
    if (param !== undefined && this.secretParams.has(Number(param))) return true
    if (this.isSecretVariable && at === '/value') return true
    return this.presented.some((observable) => observable.at === at && observable.offset === undefined)
  }

  private presentedIn(text: string, at: string): Span[] {
    return this.presented.flatMap(({ at: place, offset }) =>
      place === at && offset !== undefined && offset < text.length ? [wordAt(text, offset)] : [],
    )
  }
}

function isHidden(text: string): boolean {
  // What was never recorded is hidden already.
  return IS_HIDDEN.test(text) || text === WITHHELD_NOTE
}

/** By where it stands: an address, a sentence, or a body. */
function requestSecrets(text: string, at: string): Span[] {
  if (at === '/path' || at === '/redirect/to' || at === '/asked/action') return addressSecrets(text)
  if (at === '/arguments' || at === '/result') return bodySecrets(text)
  // What a body says of itself names no secret.
  return at.startsWith('/body/') ? [] : [...namedSecrets(text)]
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
}

function isBytes(value: object): value is Bytes {
  const members = Object.keys(value)
  return (
    members.length === 1 &&
    (members[0] === 'utf8' || members[0] === 'base64') &&
    Object.values(value).every((inner) => typeof inner === 'string')
  )
}
