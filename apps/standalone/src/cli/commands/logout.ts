import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { IdentityProvider } from '../signed-in/identity-provider.ts'
import type { StoredLogin } from '../signed-in/login-file.ts'

export function addLogout(program: Command): void {
  program
    .command('logout')
    .description('forget the login of this command line, and revoke it at the identity provider')
    .addHelpText('after', examples('logout', 'logout --json'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const { origin, logins } = connection
      const login = logins.forget(origin)
      const isRevoked = login !== null && (await revoked(login))
      if (output.isJson) return output.json({ wasLoggedIn: login !== null, isRevoked })
      if (login === null) return output.line(`Nobody was logged in at ${origin}.`)
      output.line(`Logged out of ${origin}.`)
      if (!isRevoked) output.warn('The identity provider did not revoke the login: its tokens end by themselves.')
    })
}

// Forgotten already: a provider that is away keeps nobody logged in here.
async function revoked(login: StoredLogin): Promise<boolean> {
  try {
    const provider = await IdentityProvider.find(login)
    return await provider.revoke(login.refreshToken ?? login.accessToken)
  } catch {
    return false
  }
}
