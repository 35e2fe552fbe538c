import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { clientCommands, type StartRunRequest, summaryOfGatewayRun, TOKEN_PLACEHOLDER } from '@hoptrace/api'
import type { Command } from 'commander'
import { clientFiles, fileCommands, writePrivately } from '../client-files/client-files.ts'
import { generateSshKey } from '../client-files/ssh-key.ts'
import { contextOf, examples } from '../context.ts'
import { agentArgument, durationArgument, grantArgument } from '../run-arguments.ts'
import { shortTime } from '../table.ts'

type StartOptions = Omit<StartRunRequest, 'grants' | 'ttlSeconds' | 'sshPublicKey'> & {
  grant: StartRunRequest['grants']
  ttl: number
  write?: string
}

export function addRunStart(run: Command): void {
  run
    .command('start')
    .description('start a run and print what its clients need; with a run’s token in HOPTRACE_TOKEN, a child of that run')
    .requiredOption('--principal <name>', 'who is accountable')
    .requiredOption('--grant <target:protocol[+forward]>', 'what it may reach; repeat for more', grantArgument)
    .option('--agent <template@version>', 'the agent that runs', agentArgument)
    .option('--task <text>', 'what it is to do', '')
    .option('--owner <name>', 'whom to call about it')
    .option('--ttl <duration>', 'its life: 90s, 30m, 8h, 2d', durationArgument, 3600)
    .option('--write <dir>', 'write a pgpass file, and an SSH config with a key of its own, so that psql and ssh do not ask')
    .addHelpText(
      'after',
      examples(
        'run start --principal billing-agent --agent reconciler@2.1 --task "reconcile March" --grant orders:postgres --ttl 30m',
        'run start --principal ops --grant bastion:ssh+forward --write ./run',
        'HOPTRACE_TOKEN=hop_… hoptrace run start --principal helper --grant orders:postgres --ttl 10m',
      ),
    )
    .action(startRun)
}

async function startRun(options: StartOptions, command: Command): Promise<void> {
  const { output, connection } = contextOf(command)
  const { grant, ttl, write, ...who } = options
  const sshKey = generateSshKey(`hoptrace-${randomUUID().slice(0, 8)}`)
  const request = { ...who, grants: grant, ttlSeconds: ttl, ...(write === undefined ? {} : { sshPublicKey: sshKey.publicLine }) }
  const { started, targets, listeners } = await connection.atGateway(async (gateway) => {
    const started = await gateway.startRun(request)
    const [targets, listeners] = await Promise.all([gateway.targets(), gateway.listeners()])
    return { started, targets, listeners }
  })
  const summary = summaryOfGatewayRun(started.run)
  const commands = clientCommands(grant, targets, listeners).map((line) => ({
    ...line,
    command: line.command.replace(TOKEN_PLACEHOLDER, started.token),
  }))
  const directory = write === undefined ? null : resolve(write)
  const client = { run: summary, token: started.token, listeners, targets }
  if (directory !== null) writePrivately(directory, clientFiles({ ...client, sshKey, directory }))
  const written = directory === null ? [] : fileCommands({ run: summary, listeners, targets, directory })
  if (output.isJson) {
    output.json({ run: summary, token: started.token, commands, listeners, written: directory, writtenCommands: written })
    return
  }
  output.line(`Run ${summary.id} for ${summary.principal}, until ${shortTime(summary.expiresAt)}`)
  if (directory === null) output.line(`Token (shown once): ${started.token}`)
  else output.line(`Its files are in ${directory}`)
  output.line()
  for (const line of directory === null ? commands.map(({ command: text }) => text) : written) output.line(`  ${line}`)
  if (directory === null && grant.some(({ protocol }) => protocol === 'ssh')) output.line('\nssh asks for a password: it is the token.')
}
