import { LoginLink } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('print a link that logs one browser in, once')
    .option('--next <path>', 'page that it opens', '/')
    .addHelpText('after', examples('login', 'login --next /sessions'))
    .action(async ({ next }: { next: string }, command: Command) => {
      const { output, connection } = contextOf(command)
      const link = await connection.api.post('/login-links', { next }, LoginLink)
      if (output.isJson) output.json(link)
      else output.line(link.url)
    })
}
