import { contractDocuments } from '@hoptrace/events'
import { Controller, Get, Param } from '@nestjs/common'
import { SignedIn } from '../auth/needs.ts'
import { Describes } from '../http/describes.ts'
import { notFound } from '../http/problem.ts'

/** What stands on the bus, for those who publish to it or follow it with their own code. */
@Controller('api/v1/contract')
export class ContractDocumentsController {
  private readonly documents = contractDocuments()

  @Get('asyncapi.json')
  @SignedIn()
  @Describes({ summary: 'The topics of the bus, as AsyncAPI 3', answer: 'application/json' })
  asyncApi(): object {
    return this.find('asyncapi.json')
  }

  @Get('schemas/:topic.json')
  @SignedIn()
  @Describes({ summary: 'The messages of one topic, as JSON Schema (2020-12)', answer: 'application/json' })
  schema(@Param('topic') topic: string): object {
    return this.find(`schemas/${topic}.json`)
  }

  private find(path: string): object {
    const document = Object.hasOwn(this.documents, path) ? this.documents[path] : undefined
    if (!document) throw notFound('document')
    return document
  }
}
