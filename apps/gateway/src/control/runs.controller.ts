import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import type { Presented } from '../access/access-control.ts'
import { bearerOf } from './callers.ts'
import { Problem } from './problem.ts'
import { RUN_SERVICE, type RunService } from './run-service.ts'

const Revocation = z.strictObject({ reason: z.string().max(1024).default('') })

@Controller('runs')
export class RunsController {
  constructor(@Inject(RUN_SERVICE) private readonly runs: RunService) {}

  @Post()
  start(@Headers('authorization') authorization: string | undefined, @Body() body: unknown) {
    return this.runs.start(body, bearer(authorization))
  }

  @Get()
  async list(@Headers('authorization') authorization: string | undefined) {
    return { runs: await this.runs.list(bearer(authorization)) }
  }

  @Get(':id')
  async show(@Headers('authorization') authorization: string | undefined, @Param('id') id: string) {
    return { run: await this.runs.show(id, bearer(authorization)) }
  }

  @Post(':id/revoke')
  @HttpCode(200)
  async revoke(@Headers('authorization') authorization: string | undefined, @Param('id') id: string, @Body() body: unknown) {
    const revocation = Revocation.safeParse(body ?? {})
    if (!revocation.success) throw new Problem(400, 'invalid', z.prettifyError(revocation.error))
    return { revoked: await this.runs.revoke(id, revocation.data.reason, bearer(authorization)) }
  }
}

function bearer(authorization: string | undefined): Presented {
  return { method: 'password', secret: bearerOf(authorization) }
}
