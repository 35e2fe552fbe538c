import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { type Me, TargetChecksAnswer, TargetsAnswer } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { GATEWAY } from '../tokens.ts'
import type { GatewayClient } from './gateway-client.ts'

@Controller('api/v1/targets')
export class TargetsController {
  constructor(@Inject(GATEWAY) private readonly gateways: PerTenant<GatewayClient>) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Targets that the gateway reaches', answer: TargetsAnswer })
  async list(@Viewer() { tenant }: Me): Promise<TargetsAnswer> {
    return { items: await this.gateways.of(tenant).targets() }
  }

  @Post('check')
  @HttpCode(200)
  @Needs('operate')
  @Describes({ summary: 'Try every target', answer: TargetChecksAnswer })
  check(@Viewer() { tenant }: Me): Promise<TargetChecksAnswer> {
    return this.gateways.of(tenant).checkTargets()
  }
}
