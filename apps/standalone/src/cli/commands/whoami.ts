import { Me } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { oneLine } from '../table.ts'

const VIA: Record<Me['via'], string> = {
  operator: 'by the operator’s token',
  oidc: 'at the identity provider',
  service: 'by a service token',
}

export function addWhoami(program: Command): void {
  program
    .command('whoami')
    .description('who you are at the platform, and what you may do')
    .addHelpText('after', examples('whoami', 'whoami --json'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      if (connection.isRun) {
        throw new CliError(
          ExitCode.usage,
          'HOPTRACE_TOKEN is the token of a run, which is nobody at the platform. Its run: hoptrace run list',
        )
      }
      const me = await connection.api.get('/me', Me)
      if (output.isJson) return output.json(me)
      output.line(`name      ${oneLine(me.name)}`)
      output.line(`subject   ${oneLine(me.subject)}`)
      output.line(`tenant    ${oneLine(me.tenant)}`)
      output.line(`roles     ${me.roles.join(', ')}`)
      output.line(`rights    ${me.rights.join(', ')}`)
      output.line(`logged in ${VIA[me.via]}, at ${connection.origin}`)
    })
}
