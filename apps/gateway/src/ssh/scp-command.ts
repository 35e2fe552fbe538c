import { splitCommands } from '@hoptrace/shell'

export type ScpCommand = { direction: 'upload' | 'download'; path: string; isDirectory: boolean }

/** Reads `scp -t path` and `scp -f path`, what OpenSSH's `scp -O` runs at the other end; null for any other command. */
export function readScpCommand(command: string): ScpCommand | null {
  const commands = splitCommands(command)
  const [only] = commands
  if (commands.length !== 1 || !only) return null
  const [name, ...args] = only.words.map((word) => word.text)
  if (name !== 'scp' && !name?.endsWith('/scp')) return null
  const end = args.indexOf('--')
  const options = args.filter((arg, at) => arg.startsWith('-') && (end < 0 || at < end))
  const paths = args.filter((arg, at) => arg !== '--' && !(arg.startsWith('-') && (end < 0 || at < end)))
  const flags = options.map((option) => option.slice(1)).join('')
  if (flags.includes('t') === flags.includes('f')) return null
  return { direction: flags.includes('t') ? 'upload' : 'download', path: paths.at(-1) ?? '', isDirectory: /[dr]/.test(flags) }
}
