import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { ImportAnswer } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { oneLine } from '../table.ts'

export function addImportKubernetesAudit(parent: Command): void {
  parent
    .command('kubernetes-audit')
    .description(
      'take in audit logs of a Kubernetes API server (audit.k8s.io/v1), a line each or a list; what cannot be read is named, the rest kept',
    )
    .argument('<files...>', 'audit logs')
    .option('--target <name>', 'the cluster')
    .addHelpText('after', examples('import kubernetes-audit audit.log --target prod'))
    .action(async (files: string[], _options: unknown, command: Command) => {
      // The command above has the same option, and takes it.
      const { target } = command.optsWithGlobals<{ target?: string }>()
      if (target === undefined) throw new CliError(ExitCode.usage, '--target <name> is missing.')
      const { output, connection } = contextOf(command)
      const imported: (ImportAnswer & { file: string })[] = []
      for (const [index, file] of files.entries()) {
        if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CliError(ExitCode.usage, `There is no file ${file}`)
        output.progress(`${index + 1} of ${files.length}: ${oneLine(file)}`)
        const query = { format: 'kubernetes-audit', target, file: basename(file) }
        imported.push({ file, ...(await connection.api.uploadFile('/imports', query, file, ImportAnswer)) })
      }
      output.clearProgress()
      if (output.isJson) output.json({ imported })
      else for (const one of imported) report(one, output)
      const broken = imported.reduce((sum, { brokenTotal }) => sum + brokenTotal, 0)
      if (broken > 0) throw new CliError(ExitCode.failure, `${broken} of the records could not be read; the rest is in.`)
    })
}

type Lines = { line(text: string): void; warn(text: string): void }

function report({ file, broken, brokenTotal, sessions, events, wasKnown }: ImportAnswer & { file: string }, output: Lines): void {
  for (const { line, item, reason } of broken) {
    output.warn(`${oneLine(file)}: line ${line}${item === undefined ? '' : `, item ${item}`}: ${oneLine(reason)}`)
  }
  if (brokenTotal > broken.length) output.warn(`${oneLine(file)}: and ${brokenTotal - broken.length} more`)
  output.line(wasKnown ? `${oneLine(file)}: known already.` : `${oneLine(file)}: ${sessions} sessions of ${events} events.`)
}
