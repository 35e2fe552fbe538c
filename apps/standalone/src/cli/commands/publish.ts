import { readFileSync, statSync } from 'node:fs'
import { PublishAnswer } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { oneLine } from '../table.ts'

const NOTES = `
One event a line, as the contract of the bus has it (GET /api/v1/contract/asyncapi.json). A line without a hash is completed:
prevHash from the line before it in its session, elapsedUs from the time of its session's first line, then the hash. Such a
hash proves the content from here on. A line without observables is digested when it is stored. The same file twice adds nothing.`

export function addPublish(program: Command): void {
  program
    .command('publish')
    .description('publish events that another gateway recorded; bad lines are named, the others are kept')
    .argument('<files...>', 'JSONL files')
    .addHelpText('after', `${NOTES}\n${examples('publish recorded.jsonl', 'publish --json part-*.jsonl | jq .[].refusedLines')}`)
    .action(async (files: string[], _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const published: ({ file: string } & PublishAnswer)[] = []
      for (const file of files) {
        output.progress(`${oneLine(file)} …`)
        const answer = await connection.api.upload('/events', {}, contentOf(file), PublishAnswer)
        published.push({ file, ...answer })
        for (const { line, reason, at } of answer.refusedLines)
          output.warn(`${oneLine(file)}:${line}: ${reason}${at ? ` at ${oneLine(at)}` : ''}`)
      }
      output.clearProgress()
      const sum = (of: (answer: PublishAnswer) => number) => published.reduce((total, answer) => total + of(answer), 0)
      const refused = sum((answer) => answer.refused)
      if (output.isJson) output.json(published)
      else output.line(`${sum((answer) => answer.published)} of ${sum((answer) => answer.lines)} lines published, ${refused} refused.`)
      if (refused > 0) throw new CliError(ExitCode.failure, `${refused} lines are no events that can be published.`)
    })
}

function contentOf(file: string): Buffer {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CliError(ExitCode.usage, `There is no file ${file}`)
  return readFileSync(file)
}
