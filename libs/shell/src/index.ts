export type { ShellCommand, ShellWord } from './command.ts'
export { type PresentedSecret, presentedSecrets } from './presented-secrets.ts'
export { splitCommands } from './split-commands.ts'
