import { CreatedServiceToken, type CreateServiceTokenRequest, Role, type ServiceToken, ServiceTokensAnswer } from '@hoptrace/api'
import { type Command, InvalidArgumentError } from 'commander'
import { contextOf, examples } from '../context.ts'
import { durationArgument } from '../run-arguments.ts'
import { type Column, shortTime } from '../table.ts'

const columns: Column<ServiceToken>[] = [
  { title: 'id', of: (token) => token.id },
  { title: 'name', of: (token) => token.name },
  { title: 'state', of: stateOf },
  { title: 'roles', of: (token) => token.roles.join(', ') },
  { title: 'rights', of: (token) => token.rights.join(', ') },
  { title: 'expires', of: (token) => shortTime(token.expiresAt) },
  { title: 'last used', of: (token) => (token.lastUsedAt === null ? 'never' : shortTime(token.lastUsedAt)) },
  { title: 'made by', of: (token) => token.createdBy },
]

type CreateOptions = { role: Role[]; reveal?: true; ttl: number }

export function addServiceTokens(program: Command): void {
  const tokens = program.command('service-tokens').description('tokens of machines that use the api')
  tokens
    .command('create')
    .description('make a token, with no right that you lack; it is shown once')
    .argument('<name>', 'what uses it')
    .requiredOption('--role <role>', `${Role.options.join(', ')}; repeat for more`, roleArgument)
    .option('--reveal', 'it may see secrets as they were recorded')
    .option('--ttl <duration>', 'its life: 30m, 8h, 90d', durationArgument, 90 * 86_400)
    .addHelpText(
      'after',
      examples('service-tokens create nightly-report --role auditor', 'service-tokens create soc --role investigator --reveal --ttl 30d'),
    )
    .action(async (name: string, { role, reveal, ttl }: CreateOptions, command: Command) => {
      const { output, connection } = contextOf(command)
      const request: CreateServiceTokenRequest = { name, roles: role, mayReveal: reveal === true, ttlSeconds: ttl }
      const created = await connection.api.post('/service-tokens', request, CreatedServiceToken)
      if (output.isJson) return output.json(created)
      output.line(`Service token ${created.id} for ${created.name}: ${created.rights.join(', ')}, until ${shortTime(created.expiresAt)}`)
      output.line(`Token (shown once): ${created.token}`)
    })
  tokens
    .command('list', { isDefault: true })
    .description('the tokens, newest first')
    .addHelpText('after', examples('service-tokens', 'service-tokens list --json'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const { items } = await connection.api.get('/service-tokens', ServiceTokensAnswer)
      output.table(items, columns, 'No service tokens. Make one: hoptrace service-tokens create --help')
    })
  tokens
    .command('revoke')
    .description('end a token at once')
    .argument('<id>', 'as the list has it')
    .addHelpText('after', examples('service-tokens revoke 3f9c2a7d…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      await connection.api.delete(`/service-tokens/${encodeURIComponent(id)}`)
      if (output.isJson) output.json({ revoked: id })
      else output.line(`Revoked: ${id}`)
    })
}

function roleArgument(text: string, before: Role[] = []): Role[] {
  const role = Role.safeParse(text)
  if (!role.success) throw new InvalidArgumentError(`write one of ${Role.options.join(', ')}`)
  return [...before, role.data]
}

function stateOf({ revokedAt, expiresAt }: ServiceToken): string {
  if (revokedAt !== null) return 'revoked'
  return Date.parse(expiresAt) <= Date.now() ? 'expired' : 'live'
}
