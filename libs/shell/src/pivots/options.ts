import type { ShellWord } from '../command.ts'

export type OptionSpec = {
  /** Letters of the short options that take a value. */
  short: string
  /** Long options that take a value, without their dashes. */
  long?: readonly string[]
  /** Operands after which everything is another program's: 1 for `ssh host command`. Default: none. */
  operandsBefore?: number
}

/** An option with its value's word; the value is the rest of the same word where it stands there (`-p22`, `--port=22`). */
export type ReadOption = { name: string; value: ShellWord | null }

export type ReadWords = { options: ReadOption[]; operands: ShellWord[]; rest: ShellWord[] }

/** Reads the words behind a program's name by getopt's rules (POSIX utility syntax, with GNU's long options). Linear, never throws. */
export function readOptions(words: readonly ShellWord[], spec: OptionSpec): ReadWords {
  const read: ReadWords = { options: [], operands: [], rest: [] }
  let isOver = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (!word) break
    if (!isOver && word.text === '--') isOver = true
    else if (!isOver && word.text.startsWith('--')) at += readLong(word, words[at + 1], spec, read)
    else if (!isOver && word.text.startsWith('-') && word.text.length > 1) at += readShort(word, words[at + 1], spec, read)
    else if (read.operands.length === spec.operandsBefore) return { ...read, rest: words.slice(at) }
    else read.operands.push(word)
  }
  return read
}

/** The value of the last of these options that has one. */
export function optionValue(options: readonly ReadOption[], ...names: string[]): ShellWord | null {
  return options.findLast(({ name, value }) => value !== null && names.includes(name))?.value ?? null
}

export function optionValues(options: readonly ReadOption[], ...names: string[]): ShellWord[] {
  return options.flatMap(({ name, value }) => (value !== null && names.includes(name) ? [value] : []))
}

/** @returns how many of the words behind it belong to it */
function readLong(word: ShellWord, next: ShellWord | undefined, spec: OptionSpec, read: ReadWords): number {
  const equals = word.text.indexOf('=')
  const name = word.text.slice(2, equals < 0 ? undefined : equals)
  if (equals >= 0) read.options.push({ name, value: behind(word, equals + 1) })
  else if (spec.long?.includes(name)) {
    read.options.push({ name, value: next ?? null })
    return next ? 1 : 0
  } else read.options.push({ name, value: null })
  return 0
}

function readShort(word: ShellWord, next: ShellWord | undefined, spec: OptionSpec, read: ReadWords): number {
  for (let at = 1; at < word.text.length; at += 1) {
    const name = word.text.charAt(at)
    if (!spec.short.includes(name)) read.options.push({ name, value: null })
    else if (at + 1 < word.text.length) {
      read.options.push({ name, value: behind(word, at + 1) })
      return 0
    } else {
      read.options.push({ name, value: next ?? null })
      return next ? 1 : 0
    }
  }
  return 0
}

function behind(word: ShellWord, at: number): ShellWord {
  return { text: word.text.slice(at), offset: word.offset + at }
}
