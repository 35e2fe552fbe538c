import { fileURLToPath } from 'node:url'
import { childEnvironment, type StandaloneConfig } from '../config.ts'
import { ensureOperatorToken, takeDataDir } from '../data-dir.ts'
import { answers } from './answers.ts'
import { Child } from './child.ts'

const GATEWAY_GRACE_MS = 15_000
/** The platform stores what the gateway recorded last before it ends. */
const PLATFORM_GRACE_MS = 60_000

const GATEWAY_MAIN = fileURLToPath(new URL('../../../gateway/dist/main.js', import.meta.url))
const PLATFORM_MAIN = fileURLToPath(new URL('../../dist/platform/platform-main.js', import.meta.url))

/**
 * The two processes of standalone: the gateway, which records, and the platform, which stores, links and shows.
 * Each is started again by itself, so that a crash of the platform ends no recorded session.
 */
export class Supervisor {
  readonly apiUrl: string
  readonly operatorToken: string
  readonly gateway: Child
  readonly platform: Child
  private readonly giveBack: () => void
  private stopped: Promise<void> | null = null

  /**
   * @param secrets the targets' credentials, for the gateway's environment alone
   * @param logs what of the children's logs is shown
   * @throws DataDirInUseError
   */
  constructor(
    config: StandaloneConfig,
    report: (message: string) => void,
    secrets: Record<string, string> = {},
    logs: 'all' | 'warnings' = 'all',
  ) {
    this.giveBack = takeDataDir(config.dataDir, process.pid)
    const token = ensureOperatorToken(config.dataDir)
    this.operatorToken = token
    this.apiUrl = `http://${config.apiListen}`
    const ofGateway = { name: 'gateway', main: GATEWAY_MAIN, env: { ...childEnvironment(config, 'gateway'), ...secrets }, report, logs }
    const ofPlatform = { name: 'platform', main: PLATFORM_MAIN, env: childEnvironment(config, 'platform'), report, logs }
    this.gateway = new Child({ ...ofGateway, ready: (signal) => answers(`${config.gatewayUrl}/listeners`, token, signal) })
    this.platform = new Child({ ...ofPlatform, ready: (signal) => answers(`${this.apiUrl}/api/v1/me`, token, signal) })
  }

  /** Resolves when both answer. */
  async start(): Promise<void> {
    try {
      await Promise.all([this.gateway.start(), this.platform.start()])
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** The gateway first, so that the platform can store all that it recorded. Idempotent. */
  stop(): Promise<void> {
    this.stopped ??= this.gateway
      .stop(GATEWAY_GRACE_MS)
      .then(() => this.platform.stop(PLATFORM_GRACE_MS))
      .finally(() => this.giveBack())
    return this.stopped
  }

  /** A link that logs one browser in, once. @param next path of the page that it opens */
  async loginLink(next?: string): Promise<string> {
    const response = await fetch(`${this.apiUrl}/api/v1/login-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(next === undefined ? {} : { next }),
    })
    const { url } = (await response.json()) as { url: string }
    return url
  }
}
