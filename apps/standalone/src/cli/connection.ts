import { GatewayClient, ProblemError } from '@hoptrace/api'
import { environment, loadConfig, type StandaloneConfig } from '../config.ts'
import { readOperatorToken } from '../data-dir.ts'
import { ApiClient } from './api-client.ts'
import { CliError, ExitCode, errorOf } from './exit.ts'

/** Run tokens begin so; operators' do not. */
const RUN_TOKEN = /^hop_/

/** Where a command goes, and as whom. */
export class Connection {
  readonly config: StandaloneConfig
  private readonly token: string

  /** @throws CliError when nothing says who asks */
  constructor(configFile: string | undefined) {
    this.config = loadConfig(configFile)
    const token = environment().HOPTRACE_TOKEN ?? readOperatorToken(this.config.dataDir)
    if (token === null) {
      const where = `there is no operator token in ${this.config.dataDir}`
      throw new CliError(
        ExitCode.notAuthorised,
        `HOPTRACE_TOKEN is not set, and ${where}. Start the platform once with \`hoptrace serve\`.`,
      )
    }
    this.token = token
  }

  /** Is the caller an agent's run? Then it asks the gateway: the api is the operator's. */
  get isRun(): boolean {
    return RUN_TOKEN.test(this.token)
  }

  get api(): ApiClient {
    const base = environment().HOPTRACE_URL ?? `http://${this.config.apiListen}`
    return new ApiClient(base, this.token)
  }

  get gateway(): GatewayClient {
    return new GatewayClient(this.config.gatewayUrl, this.token)
  }

  /** Asks the gateway, with its refusals as the command's end. */
  async atGateway<T>(ask: (gateway: GatewayClient) => Promise<T>): Promise<T> {
    try {
      return await ask(this.gateway)
    } catch (error) {
      throw error instanceof ProblemError ? errorOf(error.problem) : error
    }
  }
}
