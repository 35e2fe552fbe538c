import { passwordOfUrl } from '@hoptrace/events'
import type { ShellCommand, ShellWord } from './command.ts'
import { splitCommands } from './split-commands.ts'

/** A secret that a command line names, and where it stands in the line (UTF-16 units; the word's start where quotes hide the exact place). */
export type PresentedSecret = { secret: string; offset: number }

const MAX_SECRETS = 64
const MAX_NESTED = 2
const BEFORE_ASSIGNMENTS = new Set(['export', 'env', 'declare', 'local', 'readonly'])
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]{0,127})=(.+)$/s
const SECRET_VARIABLE = /(?:pass(?:word|wd|phrase)?|pwd|pw|secret|token|credentials?|api_?key|access_?key|auth)$/i
const SECRET_OPTION = /^--?(?:[a-z0-9-]{0,40}-)?(?:pass(?:word|wd|phrase)?|pwd|secret|token|bearer-token|api-?key|access-?key)(?:=(.*))?$/is
const AUTHORIZATION = /^(?:proxy-)?authorization:\s*(?:(?:bearer|token|basic|apikey)\s+)?(\S.*)$/i
const SECRET_HEADER = /^(?:x-)?(?:[a-z0-9-]{0,40}-)?(?:api-?key|auth-token|access-token|token|secret):\s*(\S.*)$/i

/**
 * The secrets that a command line uses: `sshpass -p X`, `PGPASSWORD=X`, `mysql -pX`, `--password=X`, `curl -u user:X`,
 * `-H 'Authorization: Bearer X'`, and passwords in URLs. A name that only expands to a secret (`$TOKEN`) names none.
 * Linear; never throws; at most 64.
 */
export function presentedSecrets(commandLine: string): PresentedSecret[] {
  const found = new Map<string, PresentedSecret>()
  for (const command of splitCommands(commandLine)) {
    for (const presented of secretsOf(command, 0)) {
      if (found.size >= MAX_SECRETS) return [...found.values()]
      if (isLiteral(presented.secret) && !found.has(presented.secret)) found.set(presented.secret, presented)
    }
  }
  return [...found.values()]
}

function* secretsOf(command: ShellCommand, depth: number): Generator<PresentedSecret> {
  let isBeforeProgram = true
  for (const [at, word] of command.words.entries()) {
    const next = command.words[at + 1]
    isBeforeProgram &&= ASSIGNMENT.test(word.text) || BEFORE_ASSIGNMENTS.has(word.text)
    // A later word that holds white space may be a command line for another shell: `ssh host "PGPASSWORD=x psql"`.
    if (isBeforeProgram || !/\s/.test(word.text)) yield* inAssignment(word)
    else if (depth < MAX_NESTED) yield* inNestedLine(word, depth)
    yield* inOption(word, next)
    yield* inUrl(word)
    yield* inHeader(word)
  }
  yield* byProgram(command)
}

function* inNestedLine(word: ShellWord, depth: number): Generator<PresentedSecret> {
  for (const command of splitCommands(word.text)) {
    for (const { secret, offset } of secretsOf(command, depth + 1)) yield { secret, offset: word.offset + offset }
  }
}

function* inAssignment(word: ShellWord): Generator<PresentedSecret> {
  const [, name, value] = ASSIGNMENT.exec(word.text) ?? []
  if (name && value && SECRET_VARIABLE.test(name)) yield within(word, value)
}

function* inOption(word: ShellWord, next: ShellWord | undefined): Generator<PresentedSecret> {
  const option = word.text.length <= 4096 ? SECRET_OPTION.exec(word.text) : null
  if (!option) return
  if (option[1] !== undefined) yield within(word, option[1])
  else if (next && !next.text.startsWith('-')) yield within(next, next.text)
}

function* inUrl(word: ShellWord): Generator<PresentedSecret> {
  const start = word.text.length <= 4096 ? word.text.search(/[a-z][a-z0-9+.-]{0,30}:\/\//i) : -1
  const password = start < 0 ? null : passwordOfUrl(word.text.slice(start))
  if (password) yield within(word, password)
}

function* inHeader(word: ShellWord): Generator<PresentedSecret> {
  if (!word.text.includes(':') || word.text.length > 8192) return
  const header = AUTHORIZATION.exec(word.text) ?? SECRET_HEADER.exec(word.text)
  const value = header?.[1]?.trim()
  if (!value) return
  yield within(word, value)
  if (/^(?:proxy-)?authorization:\s*basic\s/i.test(word.text)) yield* passwordOf(word, Buffer.from(value, 'base64').toString('utf8'))
}

function* passwordOf(word: ShellWord, userAndPassword: string): Generator<PresentedSecret> {
  const colon = userAndPassword.indexOf(':')
  if (colon >= 0) yield within(word, userAndPassword.slice(colon + 1))
}

function* byProgram(command: ShellCommand): Generator<PresentedSecret> {
  const programs = command.words.map((word) => word.text.slice(word.text.lastIndexOf('/') + 1))
  const sshpass = programs.indexOf('sshpass')
  if (sshpass >= 0) yield* valueAfter(ownOptions(command.words.slice(sshpass + 1)), '-p')
  const mysql = programs.findIndex((name) => /^(?:mysql|mariadb|mysqldump|mysqladmin|mariadb-dump)$/.test(name))
  if (mysql >= 0) yield* attachedTo(command.words.slice(mysql + 1), '-p')
  const redis = programs.indexOf('redis-cli')
  if (redis >= 0) yield* valueAfter(command.words.slice(redis + 1), '-a')
  const curl = programs.indexOf('curl')
  if (curl >= 0) yield* userOptions(command.words.slice(curl + 1))
}

/** The options of a program that runs another: what follows belongs to that one. */
function ownOptions(words: readonly ShellWord[]): readonly ShellWord[] {
  let end = 0
  while (words[end]?.text.startsWith('-')) end += /^-[pfdP]$/.test(words[end]?.text ?? '') ? 2 : 1
  return words.slice(0, end)
}

/** `-p X` and `-pX`. */
function* valueAfter(words: readonly ShellWord[], option: string): Generator<PresentedSecret> {
  yield* attachedTo(words, option)
  const at = words.findIndex((word) => word.text === option)
  const value = at < 0 ? undefined : words[at + 1]
  if (value) yield within(value, value.text)
}

function* attachedTo(words: readonly ShellWord[], option: string): Generator<PresentedSecret> {
  const word = words.find(({ text }) => text.startsWith(option) && text.length > option.length && !text.startsWith('--'))
  if (word) yield within(word, word.text.slice(option.length))
}

function* userOptions(words: readonly ShellWord[]): Generator<PresentedSecret> {
  for (const [at, word] of words.entries()) {
    const isName = /^(?:-u|-U|--user|--proxy-user)$/.test(word.text)
    const attached = /^(?:-u|-U|--user=|--proxy-user=)([^=].*)$/s.exec(word.text)?.[1]
    const value = isName ? words[at + 1] : undefined
    if (value) yield* passwordOf(value, value.text)
    else if (attached) yield* passwordOf(word, attached)
  }
}

function within(word: ShellWord, secret: string): PresentedSecret {
  return { secret, offset: word.offset + Math.max(0, word.text.indexOf(secret)) }
}

// `$TOKEN`, `$(cat key)` and an empty value are no secrets.
function isLiteral(secret: string): boolean {
  return secret !== '' && secret.length <= 4096 && !/^\$|^`/.test(secret)
}
