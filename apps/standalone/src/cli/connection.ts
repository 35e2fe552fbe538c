import { homedir } from 'node:os'
import { join } from 'node:path'
import { GatewayClient, ProblemError } from '@hoptrace/api'
import { environment, loadConfig, type StandaloneConfig } from '../config.ts'
import { readOperatorToken } from '../data-dir.ts'
import { ApiClient } from './api-client.ts'
import { CliError, ExitCode, errorOf } from './exit.ts'
import { LoginFile } from './signed-in/login-file.ts'
import { Person } from './signed-in/person.ts'

/** Run tokens begin so; nobody else's do. */
const RUN_TOKEN = /^hop_/

const LOOPBACK = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/

/** What a command shows that it is. A person's token is refreshed when it is asked for. */
type Credential = { kind: 'run' | 'operator' | 'given'; token: string } | { kind: 'person'; person: Person }

/** Where a command goes, and as whom. */
export class Connection {
  readonly config: StandaloneConfig
  readonly logins: LoginFile
  /** Where the api is, without a slash at its end. */
  readonly origin: string
  private known: Credential | undefined

  constructor(configFile: string | undefined) {
    const { HOPTRACE_URL, XDG_CONFIG_HOME } = environment()
    this.config = loadConfig(configFile)
    this.logins = new LoginFile(XDG_CONFIG_HOME || join(homedir(), '.config'))
    this.origin = new URL(HOPTRACE_URL ?? `http://${this.config.apiListen}`).origin
  }

  /** Is the caller an agent's run? Then it asks the gateway: the api is the operator's. */
  get isRun(): boolean {
    return this.credential.kind === 'run'
  }

  /** Does the gateway itself know the caller? It knows runs and the operator; people and services go by the api. */
  get isKnownAtGateway(): boolean {
    return this.credential.kind === 'run' || this.credential.kind === 'operator'
  }

  get api(): ApiClient {
    const { credential } = this
    return this.apiWith(credential.kind === 'person' ? () => credential.person.token() : async () => credential.token)
  }

  /** The api, asked with another token; null asks as nobody. */
  apiWith(token: () => Promise<string | null>): ApiClient {
    return new ApiClient(this.origin, token)
  }

  get gateway(): GatewayClient {
    const { credential } = this
    if (credential.kind === 'person') throw new CliError(ExitCode.notAuthorised, 'The gateway knows runs and the operator only.')
    return new GatewayClient(this.config.gatewayUrl, credential.token)
  }

  /** Asks the gateway, with its refusals as the command's end. */
  async atGateway<T>(ask: (gateway: GatewayClient) => Promise<T>): Promise<T> {
    try {
      return await ask(this.gateway)
    } catch (error) {
      throw error instanceof ProblemError ? errorOf(error.problem) : error
    }
  }

  // HOPTRACE_TOKEN wins; then who logged in; then the operator of the data directory.
  private get credential(): Credential {
    this.known ??= this.findCredential()
    return this.known
  }

  // The data directory's platform runs on this machine: whoever answers elsewhere must not be given its token.
  private get isOwn(): boolean {
    const { hostname } = new URL(this.origin)
    return this.origin === new URL(`http://${this.config.apiListen}`).origin || LOOPBACK.test(hostname)
  }

  private findCredential(): Credential {
    const given = environment().HOPTRACE_TOKEN
    const operator = readOperatorToken(this.config.dataDir)
    if (given !== undefined) return { kind: RUN_TOKEN.test(given) ? 'run' : given === operator ? 'operator' : 'given', token: given }
    const person = new Person(this.logins, this.origin, Date.now)
    if (person.isLoggedIn) return { kind: 'person', person }
    if (operator !== null && this.isOwn) return { kind: 'operator', token: operator }
    const where =
      operator === null
        ? `there is no operator token in ${this.config.dataDir}`
        : `the operator token in ${this.config.dataDir} is another's`
    throw new CliError(
      ExitCode.notAuthorised,
      `You are not logged in at ${this.origin}, HOPTRACE_TOKEN is not set, and ${where}. Log in with \`hoptrace login\`, or start the platform once with \`hoptrace serve\`.`,
    )
  }
}
