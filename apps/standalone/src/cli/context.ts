import type { Command } from 'commander'
import { Connection } from './connection.ts'
import { Output } from './output.ts'

type GlobalOptions = { config?: string; json?: boolean }

/** What a command works with: where it goes, and where it prints. */
export type Context = { output: Output; connection: Connection }

export function outputOf(command: Command): Output {
  return new Output(command.optsWithGlobals<GlobalOptions>().json === true)
}

export function contextOf(command: Command): Context {
  return { output: outputOf(command), connection: new Connection(configFileOf(command)) }
}

/** The file that `--config` names. */
export function configFileOf(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalOptions>().config
}

/** Help text with examples. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ hoptrace ${line}`).join('\n')}`
}
