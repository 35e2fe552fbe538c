import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccessControl } from './access/access-control.ts'
import { readOrMakeSecret } from './access/secret-file.ts'
import type { SecretSource } from './access/target.ts'
import type { TargetDirectory } from './access/target-directory.ts'
import { resolveSecret } from './access/target-secret.ts'
import { type GatewayConfig, splitHostPort } from './config.ts'
import type { SshCommands } from './control/ssh-commands.ts'
import { HttpProxy } from './http/index.ts'
import { KubernetesDoor } from './kubernetes-door.ts'
import { PostgresProxy } from './postgres/index.ts'
import type { Clock } from './recording/clock.ts'
import { describeHostKey, generateHostKey, SshProxy } from './ssh/index.ts'

export type Listeners = {
  postgres: string | null
  ssh: string | null
  http: string | null
  kubernetes: string | null
  isHttpEncrypted: boolean
  /** PEM: whom callers trust for the door to Kubernetes; null where their own authorities will do. */
  certificateAuthority: string | null
  /** The gateway's own host key, for callers' known_hosts files. */
  sshHostKey: { fingerprint: string; knownHostsKey: string }
}

type DoorsOptions = { config: GatewayConfig; access: AccessControl; targets: TargetDirectory; clock: Clock; sshCommands: SshCommands }

/** The gateway's doors, one a protocol. */
export class Doors {
  private readonly postgres: PostgresProxy
  private readonly ssh: SshProxy
  private readonly http: HttpProxy
  private readonly kubernetes: KubernetesDoor
  private readonly addresses: Omit<Listeners, 'certificateAuthority'>

  constructor(private readonly options: DoorsOptions) {
    const { config, access, targets, clock, sshCommands } = options
    const { postgres, http } = config.gateway
    const resolveSecretOf = (source: SecretSource) => resolveSecret(source, config.secrets)
    const common = { access, resolveSecret: resolveSecretOf, nowUs: () => clock.monotonicUs() }
    this.postgres = new PostgresProxy({ ...common, tls: certificateIn(postgres.tls), onFault: logFault('postgres') })
    const hostKey = hostKeyOf(config)
    this.ssh = new SshProxy({ ...common, hostKey, control: sshCommands, onFault: logFault('ssh') })
    this.http = new HttpProxy({ ...common, targets, tls: certificateIn(http.tls), onFault: logFault('http') })
    this.kubernetes = new KubernetesDoor({ ...common, config, clock, onFault: logFault('kubernetes') })
    this.addresses = {
      postgres: null,
      ssh: null,
      http: null,
      kubernetes: null,
      isHttpEncrypted: http.tls !== undefined,
      sshHostKey: describeHostKey(hostKey),
    }
  }

  /** `host:port` of each door; null until it is open. */
  get listeners(): Listeners {
    return { ...this.addresses, certificateAuthority: this.kubernetes.authority }
  }

  get isOpen(): boolean {
    const { postgres, ssh, http, kubernetes } = this.addresses
    return ![postgres, ssh, http, kubernetes].includes(null)
  }

  /** Rejects when an address cannot be had. */
  async open(): Promise<void> {
    const { postgres, ssh, http, kubernetes, tlsNames } = this.options.config.gateway
    const at = splitHostPort(postgres.listen)
    this.addresses.postgres = address(at.host, await this.postgres.listen(at.port, at.host))
    const sshAt = splitHostPort(ssh.listen)
    this.addresses.ssh = address(sshAt.host, (await this.ssh.listen(sshAt.port, sshAt.host)).port)
    const httpAt = splitHostPort(http.listen)
    this.addresses.http = address(reachedBy(httpAt.host, tlsNames), await this.http.listen(httpAt.port, httpAt.host))
    const kubernetesAt = splitHostPort(kubernetes.listen)
    const port = await this.kubernetes.listen(kubernetesAt.port, kubernetesAt.host)
    this.addresses.kubernetes = address(reachedBy(kubernetesAt.host, tlsNames), port)
  }

  /** Lets nobody in any more. Sessions are ended before, by the order to stop. */
  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.ssh.close(), this.http.close(), this.kubernetes.close()])
  }
}

function certificateIn(files: { cert: string; key: string } | undefined): { cert: Buffer; key: Buffer } | undefined {
  return files && { cert: readFileSync(files.cert), key: readFileSync(files.key) }
}

// Callers cannot go to every address at once, and no certificate names that.
function reachedBy(host: string, names: readonly string[]): string {
  return host === '0.0.0.0' || host === '::' ? (names[0] ?? 'localhost') : host
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
    console.error(JSON.stringify({ time: new Date().toISOString(), level: 'error', process: 'gateway', message: `${door} door`, fault }))
  }
}
