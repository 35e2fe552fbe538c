import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import {
  clientCommands,
  type Listeners,
  type RunSummary,
  StartedRun,
  type StartRunRequest,
  summaryOfGatewayRun,
  type TargetInfo,
  TargetsAnswer,
  TOKEN_PLACEHOLDER,
} from '@hoptrace/api'
import { GRANT_SYNTAX } from '@hoptrace/events'
import type { Command } from 'commander'
import { clientFiles, fileCommands, writePrivately } from '../client-files/client-files.ts'
import { generateSshKey } from '../client-files/ssh-key.ts'
import type { Connection } from '../connection.ts'
import { contextOf, examples } from '../context.ts'
import { agentArgument, durationArgument, grantArgument } from '../run-arguments.ts'
import { shortTime } from '../table.ts'

const GRANTS = `
A grant is ${GRANT_SYNTAX}
  +forward     tunnels: SSH's -L and -R, kubectl port-forward
  kubernetes   namespaces=shop|team   resources=pods|pods/exec|pods/*|deployments.apps   verbs=get|list|watch|create|…
               exec, attach and proxy need the verb create or connect; discovery is open to every grant
  http         methods=GET|POST   paths=/v1/invoices/**|/v1/*/lines, as the target gets them: * is one segment or a part of
               it, ** at the end all that is below
What is not stated is not narrowed; a child run gets no more than its parent holds.`

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
    .requiredOption('--grant <grant>', 'what it may reach, as below; repeat for more', grantArgument)
    .option('--agent <template@version>', 'the agent that runs', agentArgument)
    .option('--task <text>', 'what it is to do', '')
    .option('--owner <name>', 'whom to call about it')
    .option('--ttl <duration>', 'its life: 90s, 30m, 8h, 2d', durationArgument, 3600)
    .option('--write <dir>', 'write a pgpass file, an SSH config with a key of its own, a kubeconfig and a curlrc, so that no client asks')
    .addHelpText('after', GRANTS)
    .addHelpText(
      'after',
      examples(
        'run start --principal billing-agent --agent reconciler@2.1 --task "reconcile March" --grant orders:postgres --ttl 30m',
        'run start --principal ops --grant bastion:ssh+forward --write ./run',
        "run start --principal deployer --grant 'prod:kubernetes,namespaces=shop,resources=pods/*,verbs=get|list|create' --write ./run",
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
  const {
    run: summary,
    token,
    targets,
    listeners,
  } = await (connection.isKnownAtGateway ? startedAtGateway : startedAtApi)(connection, request)
  const commands = clientCommands(grant, targets, listeners).map((line) => ({
    ...line,
    command: line.command.replace(TOKEN_PLACEHOLDER, token),
  }))
  const directory = write === undefined ? null : resolve(write)
  const client = { run: summary, token, listeners, targets }
  if (directory !== null) writePrivately(directory, clientFiles({ ...client, sshKey, directory }))
  const written = directory === null ? [] : fileCommands({ run: summary, listeners, targets, directory })
  if (output.isJson) {
    output.json({ run: summary, token, commands, listeners, written: directory, writtenCommands: written })
    return
  }
  output.line(`Run ${summary.id} for ${summary.principal}, until ${shortTime(summary.expiresAt)}`)
  if (directory === null) output.line(`Token (shown once): ${token}`)
  else output.line(`Its files are in ${directory}`)
  output.line()
  for (const line of directory === null ? commands.map(({ command: text }) => text) : written) output.line(`  ${line}`)
  if (directory === null) for (const line of advice(grant)) output.line(line)
}

function advice(grants: StartRunRequest['grants']): string[] {
  const has = (wanted: string) => grants.some(({ protocol }) => protocol === wanted)
  return [
    ...(has('ssh') ? ['\nssh asks for a password: it is the token.'] : []),
    ...(has('kubernetes') ? ['\nkubectl needs a kubeconfig, which --write DIR writes.'] : []),
  ]
}

type Started = { run: RunSummary; token: string; targets: TargetInfo[]; listeners: Listeners }

function startedAtGateway(connection: Connection, request: StartRunRequest): Promise<Started> {
  return connection.atGateway(async (gateway) => {
    const { run, token } = await gateway.startRun(request)
    const [targets, listeners] = await Promise.all([gateway.targets(), gateway.listeners()])
    return { run: summaryOfGatewayRun(run), token, targets, listeners }
  })
}

/** People and services are nobody at the gateway: the api asks it for them. */
async function startedAtApi({ api }: Connection, request: StartRunRequest): Promise<Started> {
  const { run, token, listeners } = await api.post('/runs', request, StartedRun)
  return { run, token, listeners, targets: (await api.get('/targets', TargetsAnswer)).items }
}
