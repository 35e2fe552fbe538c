import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { TargetChecksAnswer, TargetsAnswer } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { GATEWAY } from '../tokens.ts'
import type { GatewayClient } from './gateway-client.ts'

@Controller('api/v1/targets')
export class TargetsController {
  constructor(@Inject(GATEWAY) private readonly gateway: GatewayClient) {}

  @Get()
  @Describes({ summary: 'Targets that the gateway reaches', answer: TargetsAnswer })
  async list(): Promise<TargetsAnswer> {
    return { items: await this.gateway.targets() }
  }

  @Post('check')
  @HttpCode(200)
  @Describes({ summary: 'Try every target', answer: TargetChecksAnswer })
  check(): Promise<TargetChecksAnswer> {
    return this.gateway.checkTargets()
  }
}
