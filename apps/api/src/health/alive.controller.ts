import { Controller, Get, Inject } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Public } from '../auth/public.ts'
import { Alive } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { API_OPTIONS } from '../tokens.ts'

/** Answers everybody, and tells nothing of what is recorded. */
@Controller('api/v1')
export class AliveController {
  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {}

  @Get('alive')
  @Public()
  @Describes({ summary: 'Is the server up?', answer: Alive })
  alive(): Alive {
    return { status: 'ok', version: this.options.version }
  }
}
