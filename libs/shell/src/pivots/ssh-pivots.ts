import type { ShellWord } from '../command.ts'
import { splitCommands } from '../split-commands.ts'
import { destinationOf, destinationOfUrl, literal, portOf } from './destination.ts'
import { optionValue, optionValues, type ReadOption, readOptions } from './options.ts'
import { type FoundPivot, to } from './pivot.ts'

// ssh(1), OpenSSH 9.
const SSH_VALUES = 'BbcDEeFIiJLlmOoPpQRSWw'

/** `ssh [options] [user@]host [command]`, the hosts it jumps over, and the tunnels it opens. */
export function* sshPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const { options, operands, rest } = readOptions(words, { short: SSH_VALUES, operandsBefore: 1 })
  const [word] = operands
  const { account, host: named, port: written } = destinationOfUrl(word?.text ?? '') ?? destinationOf(word?.text ?? '')
  const configured = settingOf(options, 'hostname')
  const host = configured ? literal(configured.text.replaceAll('%h', named ?? '')) : named
  const port = written ?? portOf(optionValue(options, 'p')?.text ?? settingOf(options, 'port')?.text)
  yield* jumps(options, { host, port })
  yield* forwards(options)
  if (!word) return
  yield to('connect', configured ?? word, {
    host,
    port,
    account: account ?? optionValue(options, 'l')?.text ?? settingOf(options, 'user')?.text ?? null,
    inner: rest,
  })
}

/** `scp`, `sftp` and `rsync -e ssh`: every operand that names a host. */
export function* copyPivots(words: readonly ShellWord[], spec: { short: string; long?: readonly string[] }): Generator<FoundPivot> {
  const { options, operands } = readOptions(words, spec)
  yield* jumps(options)
  for (const word of operands) {
    const url = /^(?:scp|sftp|rsync):\/\//.test(word.text) ? destinationOfUrl(word.text) : null
    const remote = url ?? remoteOf(word.text)
    if (remote?.host) yield to('copy', word, { ...namesOf(remote), port: remote.port ?? portOf(optionValue(options, 'P')?.text) })
  }
}

export const scpPivots = (words: readonly ShellWord[]) => copyPivots(words, { short: 'cDFiJloPSX' })

/** `sftp` names a host alone, too. */
export function* sftpPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const { options, operands } = readOptions(words, { short: 'BbcDFiJlLoPRSsX', operandsBefore: 1 })
  yield* jumps(options)
  const [word] = operands
  if (!word) return
  const found = destinationOfUrl(word.text) ?? remoteOf(word.text) ?? destinationOf(word.text)
  yield to('copy', word, { ...namesOf(found), port: found.port ?? portOf(optionValue(options, 'P')?.text) })
}

const RSYNC_LONG = ['rsh', 'rsync-path', 'port', 'exclude', 'include', 'files-from', 'exclude-from', 'filter', 'password-file']

/** `rsync -e 'ssh -J jump' from host:to`. */
export function* rsyncPivots(words: readonly ShellWord[]): Generator<FoundPivot> {
  const spec = { short: 'BefMT', long: RSYNC_LONG }
  for (const shell of optionValues(readOptions(words, spec).options, 'e', 'rsh')) {
    const [command] = splitCommands(shell.text)
    const { options } = readOptions(command?.words.slice(1) ?? [], { short: SSH_VALUES })
    for (const found of [...jumps(options), ...forwards(options)]) yield { ...found, offset: shell.offset }
  }
  yield* copyPivots(words, spec)
}

type Remote = { account: string | null; host: string | null; port: number | null }

const namesOf = ({ account, host }: Remote) => ({ account, host })

type Goal = Pick<Remote, 'host' | 'port'>
const MAX_JUMPS = 64
const NOWHERE: Goal = { host: null, port: null }

// `host:path`, `user@host:path`, `host::module`, `[::1]:path`; a name with a slash before its colon is a local file.
function remoteOf(text: string): Remote | null {
  const found = /^((?:[^/:@[\]]{1,128}@)?(?:\[[0-9a-fA-F:.]{2,64}\]|[^/:@[\]]{1,255})):/.exec(text)
  return found?.[1] ? { ...destinationOf(found[1]), port: null } : null
}

function* jumps(options: readonly ReadOption[], place: Goal = NOWHERE): Generator<FoundPivot> {
  const named = [...optionValues(options, 'J'), ...settingsOf(options, 'proxyjump')]
  for (const word of named) {
    let from = 0
    for (const part of word.text.split(',', MAX_JUMPS)) {
      const found = destinationOfUrl(part) ?? destinationOf(part)
      if (part.toLowerCase() !== 'none')
        yield to('jump', { text: part, offset: word.offset + from }, { ...namesOf(found), port: found.port })
      from += part.length + 1
    }
  }
  for (const word of settingsOf(options, 'proxycommand')) yield to('jump', word, { inner: [expanded(word, place)] })
}

// ssh_config(5), TOKENS.
function expanded(word: ShellWord, { host, port }: Goal): ShellWord {
  return host === null ? word : { ...word, text: word.text.replaceAll('%h', host).replaceAll('%p', String(port ?? 22)) }
}

// `-L [bind:]port:host:hostport`, `-R` likewise, `-W host:port`; `-D` and `-L socket` name no destination.
function* forwards(options: readonly ReadOption[]): Generator<FoundPivot> {
  const specs = [...optionValues(options, 'L', 'R'), ...settingsOf(options, 'localforward', 'remoteforward')]
  for (const word of specs) {
    const found = /(?:^|[:\s])(\[[^\]]{2,64}\]|[^:[\]\s/]{1,255}):(\d{1,5})$/.exec(word.text)
    if (found?.[1] && /:.*:|\s/.test(word.text)) {
      yield to('forward', word, { host: destinationOf(found[1]).host, port: portOf(found[2]) })
    }
  }
  for (const word of [...optionValues(options, 'D'), ...settingsOf(options, 'dynamicforward')])
    yield to('forward', word, { object: 'socks' })
  for (const word of optionValues(options, 'W')) yield to('forward', word, endpoint(word))
}

function endpoint(word: ShellWord) {
  const { host, port } = destinationOf(word.text)
  return { host, port }
}

// `-o Name=value` and `-o "Name value"`; names without regard to case (ssh_config(5)).
function settingsOf(options: readonly ReadOption[], ...names: string[]): ShellWord[] {
  return optionValues(options, 'o').flatMap((word) => {
    const found = /^\s*([A-Za-z]{1,64})(?:\s*=\s*|\s+)/.exec(word.text)
    if (!found?.[1] || !names.includes(found[1].toLowerCase())) return []
    return [{ text: word.text.slice(found[0].length), offset: word.offset + found[0].length }]
  })
}

function settingOf(options: readonly ReadOption[], name: string): ShellWord | null {
  return settingsOf(options, name)[0] ?? null
}
