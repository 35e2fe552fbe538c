import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessControl } from './access/access-control.ts'
import { readOrMakeSecret } from './access/secret-file.ts'
import type { SecretSource } from './access/target.ts'
import { resolveSecret } from './access/target-secret.ts'
import { type GatewayConfig, splitHostPort } from './config.ts'
import type { SshCommands } from './control/ssh-commands.ts'
import { PostgresProxy } from './postgres/index.ts'
import type { Clock } from './recording/clock.ts'
import { describeHostKey, generateHostKey, SshProxy } from './ssh/index.ts'

export type Listeners = {
  postgres: string | null
  ssh: string | null
  /** The gateway's own host key, for callers' known_hosts files. */
  sshHostKey: { fingerprint: string; knownHostsKey: string }
}

type DoorsOptions = { config: GatewayConfig; access: AccessControl; clock: Clock; sshCommands: SshCommands }

/** The gateway's doors, one a protocol. */
export class Doors {
  private readonly postgres: PostgresProxy
  private readonly ssh: SshProxy
  readonly listeners: Listeners

  constructor(private readonly options: DoorsOptions) {
    const { config, access, clock, sshCommands } = options
    const secretOf = (source: SecretSource) => resolveSecret(source, config.secrets)
    const { tls } = config.gateway.postgres
    this.postgres = new PostgresProxy({
      access,
      resolveSecret: secretOf,
      tls: tls && { cert: readFileSync(tls.cert), key: readFileSync(tls.key) },
      onFault: logFault('postgres'),
    })
    const hostKey = hostKeyOf(config)
    this.ssh = new SshProxy({
      hostKey,
      access,
      control: sshCommands,
      resolveSecret: secretOf,
      nowUs: () => clock.monotonicUs(),
      onFault: logFault('ssh'),
    })
    this.listeners = { postgres: null, ssh: null, sshHostKey: describeHostKey(hostKey) }
  }

  /** Rejects when an address cannot be had. */
  async open(): Promise<void> {
    const { postgres, ssh } = this.options.config.gateway
    const at = splitHostPort(postgres.listen)
    this.listeners.postgres = address(at.host, await this.postgres.listen(at.port, at.host))
    const sshAt = splitHostPort(ssh.listen)
    this.listeners.ssh = address(sshAt.host, (await this.ssh.listen(sshAt.port, sshAt.host)).port)
  }

  /** Lets nobody in any more. Sessions are ended before, by the order to stop. */
  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.ssh.close()])
  }
}

function hostKeyOf(config: GatewayConfig): string {
  const { hostKey } = config.gateway.ssh
  return hostKey ? readFileSync(hostKey, 'utf8') : `${readOrMakeSecret(join(config.dataDir, 'ssh-host.key'), generateHostKey)}\n`
}

function address(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

// Faults of the gateway itself. Their messages name sources and codes, never what was recorded.
function logFault(door: string): (error: unknown) => void {
  return (error) => {
    const fault = error instanceof Error ? `${error.name}: ${error.message}` : typeof error
    console.error(JSON.stringify({ level: 'error', message: `${door} door`, fault }))
  }
}
