import { FrameworkLog, standardLog } from '@hoptrace/telemetry'
import type { INestApplicationContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { type IngestModuleOptions, ingestModule } from './ingest.module.ts'
import { Ingest } from './ingest.ts'

/** Ingest as a process of its own, fed by the spool of a gateway on this machine. */
export class SpoolIngest {
  private constructor(
    private readonly app: INestApplicationContext,
    readonly ingest: Ingest,
  ) {}

  static async start(options: IngestModuleOptions): Promise<SpoolIngest> {
    const app = await NestFactory.createApplicationContext(ingestModule(options), { logger: new FrameworkLog(standardLog('ingest')) })
    return new SpoolIngest(app, app.get(Ingest))
  }

  async close(): Promise<void> {
    await this.app.close()
  }
}
