import { DeadLetterDetail, type DeadLetterSummary, DeadLettersPage, ReplayAnswer } from '@hoptrace/api'
import { printable } from '@hoptrace/events'
import type { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { revealOption } from '../reveal-option.ts'
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
          { title: 'state', of: stateOf },
          { title: 'field', of: (letter) => letter.at || null },
          { title: 'bytes', of: (letter) => letter.bytes, align: 'right' },
          { title: 'source', of: (letter) => letter.source },
        ],
        'No dead letters.',
      )
    })
  letters
    .command('show')
    .description('one of them, controls replaced; --reveal --json has its very bytes as base64')
    .argument('<id>')
    .addOption(revealOption())
    .addHelpText('after', examples('dead-letters show 9f86d081…'))
    .action(async (id: string, { reveal }: { reveal?: '1' }, command: Command) => {
      const { output, connection } = contextOf(command)
      const letter = await connection.api.get(`/dead-letters/${encodeURIComponent(id)}`, DeadLetterDetail, { reveal })
      if (output.isJson) return output.json(letter)
      output.line(
        `${letter.reason}${letter.at ? ` at ${printable(letter.at)}` : ''}, ${letter.bytes} bytes from ${printable(letter.source)}`,
      )
      if (letter.replayed !== null) output.line(stateOf(letter))
      output.line(letter.text === null ? letter.base64 : printable(letter.text))
    })
  letters
    .command('replay')
    .description('publish them again, where they are understood by now: after an upgrade, or once the store is put right')
    .argument('[ids...]')
    .option('--reason <reason>', 'all open ones that were kept for this reason')
    .addHelpText('after', examples('dead-letters replay 9f86d081…', 'dead-letters replay --reason store-refused'))
    .action(async (ids: string[], { reason }: { reason?: string }, command: Command) => {
      const { output, connection } = contextOf(command)
      if (ids.length > 0 === (reason !== undefined)) throw new CliError(ExitCode.usage, 'Name letters by their ids, or by --reason.')
      const replayed: Replayed[] = []
      for (const id of reason === undefined ? ids : await lettersKeptFor(reason, connection.api)) {
        replayed.push({ id, ...(await connection.api.post(`/dead-letters/${encodeURIComponent(id)}/replay`, {}, ReplayAnswer)) })
      }
      output.table(replayed, replayColumns, 'No such letters.')
      const left = replayed.filter(({ outcome }) => outcome === 'not-understood').length
      if (left > 0) throw new CliError(ExitCode.failure, `${left} of ${replayed.length} letters are still not understood.`)
    })
}

function stateOf({ state, replayed }: DeadLetterSummary): string {
  return replayed === null ? state : `${state}: ${replayed.outcome} ${shortTime(replayed.at)} by ${replayed.by}`
}

type Replayed = { id: string } & ReplayAnswer

const replayColumns = [
  { title: 'id', of: ({ id }: Replayed) => id },
  { title: 'outcome', of: ({ outcome }: Replayed) => outcome },
  {
    title: 'what',
    of: (letter: Replayed) =>
      letter.outcome === 'not-understood'
        ? `${letter.reason}${letter.at ? ` at ${letter.at}` : ''}`
        : `${letter.type}, seq ${letter.seq} of ${letter.sessionId}`,
  },
]

async function lettersKeptFor(reason: string, api: ApiClient): Promise<string[]> {
  const letters = await api.gather('/dead-letters', DeadLettersPage)
  return letters.filter((letter) => letter.reason === reason && letter.state === 'open').map(({ id }) => id)
}
