import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ImportAnswer } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { oneLine } from '../table.ts'
import { addImportKubernetesAudit } from './import-kubernetes-audit.ts'

type Imported = { file: string; sessionId: string; events: number; wasKnown: boolean }
type Broken = { file: string; problem: string }

export function addImport(program: Command): void {
  addImportKubernetesAudit(importCasts(program))
}

function importCasts(program: Command): Command {
  return (
    program
      .command('import')
      // A command below this one has options of its own.
      .enablePositionalOptions()
      .description('take in asciicast recordings, v2 and v3; the same file twice adds nothing')
      .argument('<paths...>', 'files, or folders with .cast files in them')
      .option('--principal <name>', 'who is accountable for them')
      .option('--target <name>', 'what they reached')
      .option('--account <name>', 'the account there', 'unknown')
      .addHelpText(
        'after',
        examples('import ./recordings --principal ana --target bastion', 'import one.cast two.cast --principal ana --target bastion'),
      )
      .action(async (paths: string[], query: { principal?: string; target?: string; account: string }, command: Command) => {
        // Not required options: the command below this one would be asked for them too.
        for (const name of ['principal', 'target'] as const)
          if (query[name] === undefined) throw new CliError(ExitCode.usage, `--${name} <name> is missing.`)
        const { output, connection } = contextOf(command)
        const files = paths.flatMap(filesAt)
        const imported: Imported[] = []
        const broken: Broken[] = []
        for (const [index, file] of files.entries()) {
          output.progress(`${index + 1} of ${files.length}: ${oneLine(file)}`)
          try {
            const { sessionId, events, wasKnown } = await connection.api.upload(
              '/imports',
              { ...query, file: basename(file) },
              readFileSync(file),
              ImportAnswer,
            )
            imported.push({ file, sessionId, events, wasKnown })
          } catch (error) {
            // Nobody to ask is the end; a broken file is that file's alone.
            if (!(error instanceof CliError) || error.exitCode === ExitCode.cannotReach || error.exitCode === ExitCode.notAuthorised)
              throw error
            broken.push({ file, problem: error.message })
          }
        }
        output.clearProgress()
        if (output.isJson) output.json({ imported, broken })
        else {
          for (const { file, problem } of broken) output.warn(`${oneLine(file)}: ${oneLine(problem)}`)
          const added = imported.filter(({ wasKnown }) => !wasKnown)
          output.line(`${added.length} imported, ${imported.length - added.length} known already, ${broken.length} broken.`)
        }
        if (broken.length > 0) throw new CliError(ExitCode.failure, `${broken.length} of ${files.length} files could not be imported.`)
      })
  )
}

function filesAt(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) throw new CliError(ExitCode.usage, `There is no file or folder ${path}`)
  if (!stat.isDirectory()) return [path]
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  return names.filter((name) => name.endsWith('.cast')).map((name) => join(path, name))
}
