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
  health() {
    const { recordings, spoolRoom } = this.gateway
    const { bytes, maxBytes, level, isFull } = spoolRoom
    const recording = recordings.downBecause ?? (isFull ? 'new sessions are refused, because the spool is full' : 'ok')
    return { recording, openSessions: recordings.openCount, spool: { level, bytes, maxBytes } }
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
      targets: this.gateway.targets.targets.map(({ name, aliases, protocol, address, account, durability }) => ({
        name,
        aliases,
        protocol,
        address,
        account,
        durability,
      })),
    }
  }

  @Post('targets/check')
  @HttpCode(200)
  async check(@Headers('authorization') authorization: string | undefined) {
    this.callers.operator(authorization)
    return { results: await this.gateway.checkTargets() }
  }
}
