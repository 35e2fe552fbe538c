import type { ShellWord } from '../command.ts'
import { composePivots, dockerPivots, kubectlPivots } from './container-pivots.ts'
import { hostOptionPivots, mysqlPivots, postgresPivots, redisPivots, urlPivots } from './database-pivots.ts'
import { curlPivots, gitPivots, netcatPivots, openSslPivots, socatPivots, wgetPivots } from './fetch-pivots.ts'
import type { PivotReader, Variables } from './pivot.ts'
import { rsyncPivots, scpPivots, sftpPivots, sshPivots } from './ssh-pivots.ts'

/** Programs that reach out, and who reads their words. */
const READERS: ReadonlyMap<string, PivotReader> = new Map<string, PivotReader>([
  ['ssh', sshPivots],
  ['autossh', sshPivots],
  ['ssh-copy-id', sshPivots],
  ['scp', scpPivots],
  ['sftp', sftpPivots],
  ['rsync', rsyncPivots],
  ...['psql', 'pg_dump', 'pg_restore', 'pg_dumpall', 'pgbench', 'createdb', 'dropdb', 'pg_isready', 'pg_basebackup', 'pgcli'].map(
    (name) => [name, postgresPivots] as const,
  ),
  ...['mysql', 'mariadb', 'mysqldump', 'mysqladmin', 'mariadb-dump'].map((name) => [name, mysqlPivots] as const),
  ['redis-cli', redisPivots],
  ['valkey-cli', redisPivots],
  ...['mongosh', 'mongo', 'mongodump', 'clickhouse-client'].map((name) => [name, hostOptionPivots] as const),
  ['kubectl', kubectlPivots],
  ['oc', kubectlPivots],
  ...['docker', 'podman', 'nerdctl', 'crictl'].map((name) => [name, dockerPivots] as const),
  ['docker-compose', composePivots],
  ['curl', curlPivots],
  ['wget', wgetPivots],
  ...['nc', 'ncat', 'netcat', 'telnet'].map((name) => [name, netcatPivots] as const),
  ['socat', socatPivots],
  ['openssl', openSslPivots],
  ['git', gitPivots],
])
/** Programs that print or search for what they are given, and go nowhere. */
const STAY = new Set([
  'echo',
  'printf',
  'cat',
  'grep',
  'egrep',
  'sed',
  'awk',
  'test',
  '[',
  'export',
  'alias',
  'unset',
  'man',
  'which',
  'ls',
])

/** Programs that run another: options of theirs that take a value, and how many operands stand before it. */
const WRAPPERS: ReadonlyMap<string, { short: string; operands: number }> = new Map([
  ['sudo', { short: 'CghpRrtTuUD', operands: 0 }],
  ['doas', { short: 'Cu', operands: 0 }],
  ['env', { short: 'uCS', operands: 0 }],
  ['nohup', { short: '', operands: 0 }],
  ['setsid', { short: '', operands: 0 }],
  ['time', { short: 'fo', operands: 0 }],
  ['nice', { short: 'n', operands: 0 }],
  ['stdbuf', { short: 'ioe', operands: 0 }],
  ['timeout', { short: 'ks', operands: 1 }],
  ['exec', { short: 'a', operands: 0 }],
  ['command', { short: '', operands: 0 }],
  ['builtin', { short: '', operands: 0 }],
  ['busybox', { short: '', operands: 0 }],
  ['chroot', { short: '', operands: 1 }],
  ['flock', { short: 'wE', operands: 1 }],
  ['taskset', { short: '', operands: 1 }],
  ['ionice', { short: 'cnp', operands: 0 }],
  ['strace', { short: 'eopsuEPISaX', operands: 0 }],
  ['nsenter', { short: 'tSGrw', operands: 0 }],
  ['unshare', { short: 'SGRw', operands: 0 }],
  ['torsocks', { short: 'aup', operands: 0 }],
  ['tsocks', { short: '', operands: 0 }],
  ['parallel', { short: 'ajIN', operands: 0 }],
  ['ssh-agent', { short: 'aEPt', operands: 0 }],
  ['xargs', { short: 'aEIiLlnPsd', operands: 0 }],
  ['sshpass', { short: 'pfdP', operands: 0 }],
  ['proxychains', { short: 'f', operands: 0 }],
  ['proxychains4', { short: 'f', operands: 0 }],
  ['watch', { short: 'nd', operands: 0 }],
])

/** Reserved words of the shell that stand before a command. */
const BEFORE = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', '{', 'coproc'])
const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash'])
/** Programs that hand the line behind `-c` to a shell. */
const SHELLS_BY_OPTION = new Set(['su', 'runuser', 'script', 'sg'])
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]{0,127}\+?=/
const MAX_WRAPPED = 8

export type Program = {
  name: string
  reader: PivotReader | null
  words: readonly ShellWord[]
  /** Does it read commands: behind `-c`, or from its input? */
  isShell: boolean
  variables: Variables
}

/** The program that a simple command runs, past assignments, reserved words and programs that run another. Null where there is none. */
export function programOf(words: readonly ShellWord[]): Program | null {
  let rest = words
  const variables = new Map<string, ShellWord>()
  for (let wrapped = 0; wrapped <= MAX_WRAPPED; wrapped += 1) {
    const begin = rest.findIndex(({ text }) => !ASSIGNMENT.test(text) && !BEFORE.has(text))
    for (const word of rest.slice(0, Math.max(0, begin))) addVariable(variables, word)
    rest = rest.slice(begin)
    const [first] = rest
    if (!first || ASSIGNMENT.test(first.text) || BEFORE.has(first.text)) return null
    const name = first.text.slice(first.text.lastIndexOf('/') + 1)
    const wrapper = WRAPPERS.get(name)
    if (!wrapper) return { name, reader: readerOf(name), words: rest.slice(1), isShell: isShell(name, rest), variables }
    rest = wrappedBy(rest.slice(1), wrapper)
  }
  return null
}

function readerOf(name: string): PivotReader | null {
  return READERS.get(name) ?? (STAY.has(name) ? null : urlPivots)
}

function isShell(name: string, words: readonly ShellWord[]): boolean {
  return SHELLS.has(name) || (SHELLS_BY_OPTION.has(name) && words.some(({ text }) => text === '-c'))
}

function addVariable(variables: Map<string, ShellWord>, word: ShellWord): void {
  const equals = word.text.indexOf('=')
  if (equals > 0) variables.set(word.text.slice(0, equals), { text: word.text.slice(equals + 1), offset: word.offset + equals + 1 })
}

function wrappedBy(words: readonly ShellWord[], { short, operands }: { short: string; operands: number }): readonly ShellWord[] {
  let at = 0
  while (words[at]?.text.startsWith('-')) {
    const { text } = words[at] ?? { text: '' }
    const takesNext = /^-[A-Za-z]$/.test(text) && short.includes(text.charAt(1))
    at += takesNext ? 2 : 1
    if (text === '--') break
  }
  return words.slice(at + operands)
}
