import { CommanderError } from 'commander'
import { ConfigError } from '../config.ts'
import { DataDirInUseError } from '../data-dir.ts'
import { ChildDiedError } from '../supervisor/child.ts'
import { CliError, ExitCode } from './exit.ts'
import { program } from './program.ts'
import { oneLine } from './table.ts'

async function main(): Promise<void> {
  // Somebody who reads only the first lines closes our output: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? ExitCode.ok : ExitCode.failure))
  try {
    await program().parseAsync()
  } catch (error) {
    process.exitCode = explain(error)
  }
}

/** Says what went wrong, to the person; gives the code, to the script. */
function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
  if (error instanceof CliError) return said(error, error.exitCode)
  if (error instanceof ConfigError) return said(error, ExitCode.usage)
  if (error instanceof DataDirInUseError || error instanceof ChildDiedError) return said(error, ExitCode.failure)
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return ExitCode.failure
}

function said(error: Error, code: ExitCode): ExitCode {
  // A message can quote a recorded name or the server's words.
  process.stderr.write(`${error.message.split('\n').map(oneLine).join('\n')}\n`)
  return code
}

await main()
