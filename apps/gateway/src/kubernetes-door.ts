import type { GatewayConfig } from './config.ts'
import { KubernetesProxy, type KubernetesProxyOptions } from './kubernetes/index.ts'
import type { Clock } from './recording/clock.ts'
import { type DoorCertificate, kubernetesCertificate } from './tls/door-certificate.ts'
import { isDue } from './tls/own-certificate.ts'

type KubernetesDoorOptions = Omit<KubernetesProxyOptions, 'tls'> & { config: GatewayConfig; clock: Clock }

const LOOK_EVERY_MS = 12 * 3_600_000

/** The door to Kubernetes with its certificate, which it renews in time where the gateway made it. */
export class KubernetesDoor {
  private proxy: KubernetesProxy | null = null
  private certificate: DoorCertificate | null = null
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly options: KubernetesDoorOptions) {}

  /** PEM: whom callers trust for the certificate; null where their own authorities will do, and before the door listens. */
  get authority(): string | null {
    return this.certificate?.authority ?? null
  }

  /** @returns the port, which the system chose where 0 was asked for */
  async listen(port: number, host: string): Promise<number> {
    this.certificate = await kubernetesCertificate(this.options.config, this.nowMs)
    this.proxy = new KubernetesProxy({ ...this.options, tls: this.certificate })
    this.timer = setInterval(() => this.renew().catch((error: unknown) => this.options.onFault?.(error)), LOOK_EVERY_MS)
    return this.proxy.listen(port, host)
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer)
    await this.proxy?.close()
  }

  /** Replaces a certificate that is due. */
  async renew(): Promise<void> {
    const expiresMs = this.certificate?.expiresMs ?? null
    if (expiresMs === null || !isDue({ expiresMs }, this.nowMs)) return
    this.certificate = await kubernetesCertificate(this.options.config, this.nowMs)
    this.proxy?.useCertificate(this.certificate)
  }

  private get nowMs(): number {
    return Math.floor(this.options.clock.wallUs() / 1000)
  }
}
