import { DeadLetterDetail, DeadLettersPage } from '@hoptrace/api'
import { printable } from '@hoptrace/events'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { shortTime } from '../table.ts'

export function addDeadLetters(program: Command): void {
  const letters = program.command('dead-letters').description('messages that could not be understood, kept whole')
  letters
    .command('list')
    .description('newest first')
    .option('--limit <rows>', 'at most this many', '50')
    .addHelpText('after', examples('dead-letters list'))
    .action(async (query: { limit: string }, command: Command) => {
      const { output, connection } = contextOf(command)
      const page = await connection.api.get('/dead-letters', DeadLettersPage, query)
      output.table(
        page.items,
        [
          { title: 'id', of: (letter) => letter.id },
          { title: 'received', of: (letter) => shortTime(letter.receivedAt) },
          { title: 'reason', of: (letter) => letter.reason },
          { title: 'field', of: (letter) => letter.at || null },
          { title: 'bytes', of: (letter) => letter.bytes, align: 'right' },
          { title: 'source', of: (letter) => letter.source },
        ],
        'No dead letters.',
      )
    })
  letters
    .command('show')
    .description('one of them, controls replaced; --json has its very bytes as base64')
    .argument('<id>')
    .addHelpText('after', examples('dead-letters show 9f86d081…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const letter = await connection.api.get(`/dead-letters/${encodeURIComponent(id)}`, DeadLetterDetail)
      if (output.isJson) return output.json(letter)
      output.line(
        `${letter.reason}${letter.at ? ` at ${printable(letter.at)}` : ''}, ${letter.bytes} bytes from ${printable(letter.source)}`,
      )
      output.line(letter.text === null ? letter.base64 : printable(letter.text))
    })
}
