import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import { Callers } from './callers.ts'
import { Problem } from './problem.ts'
import { RunDesk } from './run-desk.ts'

const Revocation = z.strictObject({ reason: z.string().max(1024).default('') })

@Controller('runs')
export class RunsController {
  constructor(
    @Inject(RunDesk) private readonly desk: RunDesk,
    @Inject(Callers) private readonly callers: Callers,
  ) {}

  @Post()
  start(@Headers('authorization') authorization: string | undefined, @Body() body: unknown) {
    return this.desk.start(body, this.callers.identify(authorization))
  }

  @Get()
  list(@Headers('authorization') authorization: string | undefined) {
    return { runs: this.desk.list(this.callers.identify(authorization)) }
  }

  @Get(':id')
  show(@Headers('authorization') authorization: string | undefined, @Param('id') id: string) {
    return { run: this.desk.show(id, this.callers.identify(authorization)) }
  }

  @Post(':id/revoke')
  @HttpCode(200)
  revoke(@Headers('authorization') authorization: string | undefined, @Param('id') id: string, @Body() body: unknown) {
    const revocation = Revocation.safeParse(body ?? {})
    if (!revocation.success) throw new Problem(400, 'invalid', z.prettifyError(revocation.error))
    return { revoked: this.desk.revoke(id, revocation.data.reason, this.callers.identify(authorization)) }
  }
}
