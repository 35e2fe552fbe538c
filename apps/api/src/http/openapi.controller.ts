import { Controller, Get, Inject } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { SignedIn } from '../auth/needs.ts'
import { API_OPTIONS, CONTROLLERS } from '../tokens.ts'
import { Describes } from './describes.ts'
import { type ControllerClass, openApiOf } from './openapi.ts'

@Controller('api/v1')
export class OpenApiController {
  private readonly document: object

  constructor(@Inject(API_OPTIONS) options: ApiOptions, @Inject(CONTROLLERS) controllers: readonly ControllerClass[]) {
    this.document = openApiOf(controllers, options.version)
  }

  @Get('openapi.json')
  @SignedIn()
  @Describes({ summary: 'This API, as OpenAPI 3.1', answer: 'application/json' })
  openApi(): object {
    return this.document
  }
}
