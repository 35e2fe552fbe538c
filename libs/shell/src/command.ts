/** A word of a command after quotes and escapes are removed. `offset` is where it begins in the text, in UTF-16 units. */
export type ShellWord = { text: string; offset: number }

/**
 * One simple command: its words without redirections. `endsWith` is the operator that ends it, empty at the end.
 * `inputs` are the bodies of its here-documents and its here-strings.
 */
export type ShellCommand = { words: ShellWord[]; endsWith: string; inputs: ShellWord[] }

/** Command lines are read up to here, in UTF-16 units. */
export const MAX_COMMAND_LENGTH = 256 * 1024
/** Enough that what stands behind a padding of some pages is still read. */
export const MAX_COMMANDS = 32 * 1024
export const MAX_WORDS = 32 * 1024
/** Command substitutions are followed this deep. */
export const MAX_DEPTH = 4
