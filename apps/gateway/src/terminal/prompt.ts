/** Who waits for a line, as far as its prompt tells. */
export type Reader = 'shell' | 'continuation' | 'other' | 'unknown'

// Prompts for the rest of a command: sh and bash, zsh.
const CONTINUATION = /^(?:> ?|(?:(?:d|b)?quote|heredoc|pipe|cmdsubst|cmdand|cmdor|for|while|if|then|else|case|function)(?: \w+)*> ?)$/
const OTHER = [
  // psql: `orders=#`, `orders->`.
  /^[\w.-]{1,64}[=\-'"(!*^$][#>] ?$/,
  /^(?:mysql|mariadb|MariaDB \[[^\]]{0,64}\]|sqlite|s?ftp|ftps|lftp[^>]{0,128}|telnet|gdb|pdb|mongosh?|redis|[\w-]{1,64} *\[direct: \w+\][^>]{0,64})> ?$/,
  /^[\w.-]{1,253}:\d{1,5}(?:\[\d{1,3}\])?> ?$/,
  /^(?:>>>|\.\.\.|In \[\d{1,6}\]:|\((?:gdb|pdb|Pdb|lldb)\)|irb\([^)]{0,64}\)[^>]{0,32}>) ?$/,
]
const SHELL = /[$#%❯➜»] ?$/

/** Reads a prompt as it looks; an empty one tells nothing. */
export function readerAt(prompt: string | null): Reader {
  const text = (prompt ?? '').slice(-256)
  if (text.trim() === '') return 'unknown'
  if (CONTINUATION.test(text)) return 'continuation'
  if (OTHER.some((form) => form.test(text))) return 'other'
  return SHELL.test(text) ? 'shell' : 'unknown'
}
