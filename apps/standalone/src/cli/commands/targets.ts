import { TargetChecksAnswer, TargetsAnswer } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'

export function addTargets(program: Command): void {
  const targets = program.command('targets').description('what the gateway reaches')
  targets
    .command('list', { isDefault: true })
    .description('the targets')
    .addHelpText('after', examples('targets', 'targets --json'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const items = connection.isRun
        ? await connection.atGateway((gateway) => gateway.targets())
        : (await connection.api.get('/targets', TargetsAnswer)).items
      output.table(
        items,
        [
          { title: 'target', of: (target) => target.name },
          { title: 'protocol', of: (target) => target.protocol },
          { title: 'address', of: (target) => target.address },
          { title: 'account', of: (target) => target.account },
          { title: 'durability', of: (target) => target.durability },
          { title: 'also known as', of: (target) => target.aliases.join(', ') || null },
        ],
        'No targets. Name them in hoptrace.yaml: see hoptrace.example.yaml',
      )
    })
  targets
    .command('check')
    .description('try every target and say what is wrong')
    .addHelpText('after', examples('targets check'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      output.progress('Trying every target …')
      const { results } = await connection.api.post('/targets/check', {}, TargetChecksAnswer)
      output.clearProgress()
      output.table(
        results,
        [
          { title: 'target', of: (check) => check.name },
          { title: 'protocol', of: (check) => check.protocol },
          { title: 'state', of: (check) => (check.ok ? 'ok' : 'FAILED') },
          { title: 'problem', of: (check) => check.problem },
        ],
        'No targets to check.',
      )
      const failed = results.filter((check) => !check.ok).length
      if (failed > 0) throw new CliError(ExitCode.failure, `${failed} of ${results.length} targets cannot be reached.`)
    })
}
