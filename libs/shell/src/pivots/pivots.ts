import { decodedBase64 } from '@hoptrace/events'
import type { ShellCommand, ShellWord } from '../command.ts'
import { splitCommands } from '../split-commands.ts'
import type { Pivot } from './pivot.ts'
import { type Program, programOf } from './programs.ts'

const MAX_PIVOTS = 64
/** Looked at, most of them the same again. */
const MAX_CONSIDERED = 4096
/** `ssh a ssh b ssh c …`, `bash -c "bash -c …"`. */
const MAX_NESTED = 6
const DEV_TCP = /\/dev\/(?:tcp|udp)\/([^/\s'"`$<>|&;]{1,255})\/(\d{1,5})/g

/** `text`: the line that offsets count in; `offset`: where it begins in the whole. */
type Place = { text: string; on: string | null; offset: number; depth: number }

/**
 * Where a command line says that it will go: over SSH, to databases, into containers, over HTTP. Follows wrappers
 * (`sudo`, `timeout`, `xargs`), commands for another shell (`bash -c`, `ssh host '…'`, `kubectl exec … -- sh -c`) and base64
 * that is piped into one. A name that only a shell can tell (`$HOST`) is null. Never throws; each once, at most 64; linear for each nesting.
 */
export function pivotsOf(commandLine: string): Pivot[] {
  const search = new PivotSearch()
  search.line({ text: commandLine, on: null, offset: 0, depth: 0 })
  return search.found
}

/**
 * Where a line says that it will go that is put into what `commandLine` started: a shell, or one that it opened elsewhere
 * (`ssh host`, `docker exec -i web sh`). None where that reads no commands.
 */
export function pivotsOfInput(commandLine: string, line: string): Pivot[] {
  const search = inputSearch(commandLine, line)
  return search.found.slice(search.ownFound)
}

/** Does what this command line starts read commands from its input? */
export function readsCommands(commandLine: string): boolean {
  return inputSearch(commandLine, '').hasReadInput
}

// Its own pivots come before those of its input: the last that a program's reader gives is the one that takes the input.
function inputSearch(commandLine: string, line: string): PivotSearch & { ownFound: number } {
  const commands = splitCommands(commandLine)
  const last = commands.at(-1)
  const isPipedInto = commands.at(-2)?.endsWith === '|'
  const place = { text: '', on: null, offset: 0, depth: 0 }
  const search = new PivotSearch()
  if (!last || isPipedInto || last.inputs.length > 0) return Object.assign(search, { ownFound: 0 })
  const own = new PivotSearch()
  own.command({ ...last, inputs: [] }, place)
  search.command({ ...last, inputs: [{ text: line, offset: 0 }] }, place)
  return Object.assign(search, { ownFound: own.found.length })
}

class PivotSearch {
  readonly found: Pivot[] = []
  private readonly known = new Set<string>()
  private considered = 0
  /** Has a shell read what a command is given as its input? */
  hasReadInput = false

  line(place: Place): void {
    const commands = splitCommands(place.text)
    for (const [at, command] of commands.entries()) {
      if (this.isFull) return
      this.command(command, place)
      if (command.endsWith === '|') this.piped(command, commands[at + 1], place)
    }
    for (const { index, 1: host = '', 2: port } of place.text.matchAll(DEV_TCP)) {
      const what = { account: null, object: null, on: place.on, offset: place.offset + index }
      this.add({ tool: 'bash', relation: 'connect', host, port: Number(port), ...what })
    }
  }

  command({ words, inputs }: ShellCommand, place: Place): void {
    const program = programOf(words)
    if (!program) return
    if (program.isShell) this.shell(program, inputs, place)
    if (program.name === 'eval') this.inner(program.words, place)
    if (program.name === 'find') this.inner(executed(program.words), place)
    if (isDecoder(program)) for (const input of inputs) this.decoded(input, place)
    for (const { inner, ...pivot } of program.reader?.(program.words, program.variables) ?? []) {
      if (this.isFull) return
      const isOnTheWay = pivot.relation === 'jump'
      const offset = place.offset + pivot.offset
      // A ProxyCommand is a command of its own, and no place.
      if (!(inner && isOnTheWay)) this.add({ ...pivot, tool: program.name, on: place.on, offset })
      if (!inner) continue
      const there = isOnTheWay ? place : { ...place, on: pivot.host ?? pivot.object ?? place.on }
      this.inner(inner, there)
      // A login shell, or one that is named, reads what is sent to it.
      if (inner.length === 0 || isReadingShell(programOf(inner))) this.read(inputs, there)
    }
  }

  // `bash -c 'line'`, and what a shell reads from a here-document.
  private shell({ words }: Program, inputs: readonly ShellWord[], place: Place): void {
    const line = lineOf(words)
    if (line) this.inner([line], place)
    else if (!isOfScript(words)) this.read(inputs, place)
  }

  private read(inputs: readonly ShellWord[], place: Place): void {
    this.hasReadInput ||= inputs.length > 0
    for (const input of inputs) this.inner([input], place)
  }

  // ssh hands the words, joined by blanks, to a shell; kubectl and docker hand them over one by one: either is read as a line.
  private inner(words: readonly ShellWord[], place: Place): void {
    const [first] = words
    if (!first || place.depth >= MAX_NESTED) return
    const isOne = words.length === 1
    const text = isOne ? first.text : words.map((word) => quoted(word.text)).join(' ')
    const before = this.found.length
    this.line({ text, on: place.on, offset: 0, depth: place.depth + 1 })
    const start = place.offset + first.offset + (/['"]/.test(place.text.charAt(first.offset)) ? 1 : 0)
    // Of several words, which may have lost their quotes, only where they begin is known.
    for (const pivot of this.found.slice(before)) pivot.offset = start + (isOne ? pivot.offset : 0)
  }

  // `echo c3NoIGhvc3Q= | base64 -d | sh`
  private piped({ words }: ShellCommand, next: ShellCommand | undefined, place: Place): void {
    if (next === undefined || !PRINTS.has(programOf(words)?.name ?? '')) return
    const receiver = programOf(next.words)
    for (const word of words.slice(1)) {
      if (receiver && isDecoder(receiver)) this.decoded(word, place)
      else if (isReadingShell(receiver)) this.inner([word], place)
    }
  }

  // Whoever decodes a command does so to run it: in a pipe, a substitution, from a file that it is written to.
  private decoded({ text, offset }: ShellWord, place: Place): void {
    const line = decodedBase64(text.trim())
    if (line) this.inner([{ text: line, offset }], place)
  }

  private get isFull(): boolean {
    return this.found.length >= MAX_PIVOTS || this.considered >= MAX_CONSIDERED
  }

  // Once each: a substitution is read in its own line and in the word that it stands in, and a loop names one host many times.
  private add(pivot: Pivot): void {
    const { tool, relation, host, port, account, object, on } = pivot
    const id = JSON.stringify([tool, relation, host, port, account, object, on])
    this.considered += 1
    if (this.isFull || this.known.has(id)) return
    this.known.add(id)
    this.found.push(pivot)
  }
}

const PRINTS = new Set(['echo', 'printf'])

/** `base64 -d`, `openssl base64 -d`, `openssl enc -base64 -d`. */
function isDecoder({ name, words }: Program): boolean {
  const isBase64 = name === 'base64' || (name === 'openssl' && words.some(({ text }) => /^-?(?:base64|a)$/.test(text)))
  return isBase64 && words.some(({ text }) => /^(?:-[A-Za-z]*[dD]|--decode)$/.test(text))
}

// `find … -exec command {} +`
function executed(words: readonly ShellWord[]): readonly ShellWord[] {
  const at = words.findIndex(({ text }) => /^-(?:exec|execdir|ok|okdir)$/.test(text))
  const end = words.findIndex(({ text }, n) => n > at && (text === ';' || text === '+'))
  return at < 0 ? [] : words.slice(at + 1, end < 0 ? undefined : end)
}

/** `-c line`, `-lc line`. */
function lineOf(words: readonly ShellWord[]): ShellWord | undefined {
  const at = words.findIndex(({ text }) => /^-[a-z]*c[a-z]*$/.test(text))
  return at < 0 ? undefined : words[at + 1]
}

// `bash script` reads the script; `bash -s a b` its input.
function isOfScript(words: readonly ShellWord[]): boolean {
  if (words.some(({ text }) => /^-[a-z]*s[a-z]*$/.test(text))) return false
  return words.some(({ text }, at) => !/^[-+]/.test(text) && !/^[-+][oO]$/.test(words[at - 1]?.text ?? ''))
}

function isReadingShell(program: Program | null): boolean {
  return program?.isShell === true && !lineOf(program.words) && !isOfScript(program.words)
}

// ssh joins what the local shell has left, so that quotes are gone; a word with marks of the shell is one for the remote shell only where it stands alone.
function quoted(text: string): string {
  return /[\s'"]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text
}
