import { Controller, Get, Headers, HttpCode, Inject, Post } from '@nestjs/common'
import { Gateway } from '../gateway.ts'
import { Callers } from './callers.ts'

/** The gateway about itself: where it listens, what it reaches, whether it records. */
@Controller()
export class GatewayController {
  constructor(
    @Inject(Gateway) private readonly gateway: Gateway,
    @Inject(Callers) private readonly callers: Callers,
  ) {}

  @Get('healthz')
  async health() {
    const { recordings, spoolRoom } = this.gateway
    const { bytes, maxBytes, level, isFull } = spoolRoom
    const recording = recordings.downBecause ?? (isFull ? 'new sessions are refused, because the spool is full' : 'ok')
    const spool = { level, bytes, maxBytes }
    return { recording, openSessions: recordings.openCount, spool, ...(await this.distributed()) }
  }

  // Of a gateway that stands alone there is nothing to say.
  private async distributed() {
    const { relay, runs } = this.gateway
    if (!relay) return {}
    const { published, oldestWaitingMs, lastErrorCode } = relay.state
    const waitingSeconds = oldestWaitingMs === null ? 0 : Math.max(0, (Date.now() - oldestWaitingMs) / 1000)
    return { relay: { published, waitingSeconds, waitingBytes: await relay.depth(), lastErrorCode }, runs: runs.state }
  }

  @Get('listeners')
  listeners(@Headers('authorization') authorization: string | undefined) {
    this.callers.identify(authorization)
    return this.gateway.listeners
  }

  @Get('targets')
  targets(@Headers('authorization') authorization: string | undefined) {
    this.callers.identify(authorization)
    return {
      targets: this.gateway.targets.targets.map((target) => {
        const { name, aliases, protocol, address, account, durability } = target
        const asksCredential = 'credential' in target && target.credential === 'caller'
        return { name, aliases, protocol, address, account, durability, asksCredential }
      }),
    }
  }

  @Post('targets/check')
  @HttpCode(200)
  async check(@Headers('authorization') authorization: string | undefined) {
    this.callers.operator(authorization)
    return { results: await this.gateway.checkTargets() }
  }
}
