import { LoginLink, LoginOptions, Me } from '@hoptrace/api'
import type { Command } from 'commander'
import type { Connection } from '../connection.ts'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import type { Output } from '../output.ts'
import { IdentityProvider, type Tokens } from '../signed-in/identity-provider.ts'
import { loginOf } from '../signed-in/person.ts'
import { sentenceOn } from '../signed-in/sentence.ts'
import { oneLine } from '../table.ts'

export function addLogin(program: Command): void {
  program
    .command('login')
    .description('log in at the identity provider; without one, print a link that logs one browser in, once')
    .option('--link', 'print a link, also where there is an identity provider')
    .option('--next <path>', 'page that the link opens', '/')
    .addHelpText('after', examples('login', 'login --link --next /sessions'))
    .action(async ({ link, next }: { link?: true; next: string }, command: Command) => {
      const { output, connection } = contextOf(command)
      const options = await connection.apiWith(async () => null).get('/login/options', LoginOptions)
      const client = options.deviceClient
      if (client !== null && link === undefined) return logIn(connection, output, await IdentityProvider.find(client), client)
      if (!options.link) throw new CliError(ExitCode.failure, 'This platform offers neither a login by the command line nor links.')
      const minted = await connection.api.post('/login-links', { next }, LoginLink)
      if (output.isJson) output.json(minted)
      else output.line(minted.url)
    })
}

type DeviceClient = NonNullable<LoginOptions['deviceClient']>

async function logIn(connection: Connection, output: Output, provider: IdentityProvider, client: DeviceClient): Promise<void> {
  const tokens = await provider.logIn(({ url, completeUrl, code }) => {
    output.warn(`Open ${oneLine(completeUrl ?? url)} in any browser, and confirm this code: ${oneLine(code)}`)
    output.progress('Waiting for you …')
  })
  output.clearProgress()
  const { me, taken } = await takenBy(connection, tokens)
  connection.logins.keep(connection.origin, loginOf(client, tokens, taken, Date.now()))
  if (output.isJson) output.json(me)
  else output.line(sentenceOn(me, connection.origin))
}

// Which of its tokens a provider makes for servers to read is its own choice: the access token first (RFC 9068).
async function takenBy(connection: Connection, { accessToken, idToken }: Tokens): Promise<{ me: Me; taken: 'access' | 'id' }> {
  const ask = (token: string) => connection.apiWith(async () => token).get('/me', Me)
  if (idToken === null || isJwt(accessToken)) {
    try {
      return { me: await ask(accessToken), taken: 'access' }
    } catch (error) {
      if (idToken === null || !(error instanceof CliError && error.exitCode === ExitCode.notAuthorised)) throw error
    }
  }
  return { me: await ask(idToken), taken: 'id' }
}

function isJwt(token: string): boolean {
  return token.split('.').length === 3
}
