import { KafkaPublisher } from '@hoptrace/bus'
import { openStore, type Store } from '@hoptrace/store'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { ApiOptions } from '../api-options.ts'
import { StoredChanges } from '../changes/stored-changes.ts'
import type { ApiConfig } from '../config.ts'
import { createApi } from '../create-api.ts'

export type ApiProcessOptions = {
  version: string
  /** Directory of the built web where the configuration names none; null for none. */
  webDirectory: string | null
  /** A look for what is new that failed. */
  onError: (error: unknown) => void
  /** Hears of every answer once it was sent. */
  onAnswer?: ApiOptions['onAnswer']
}

/** The api as a process of its own: over a store that others fill, and the bus on which it says who viewed what. */
export class ApiProcess {
  private constructor(
    readonly store: Store,
    readonly publisher: KafkaPublisher,
    private readonly changes: StoredChanges,
    private readonly app: NestExpressApplication,
  ) {}

  static async start(config: ApiConfig, { version, webDirectory, onError, onAnswer }: ApiProcessOptions): Promise<ApiProcess> {
    const store = await openStore(config.store)
    const publisher = await KafkaPublisher.connect(config.kafka)
    const changes = new StoredChanges(store, { everyMs: config.pollMs, now: Date.now, onError })
    const app = await createApi({
      ...config.options,
      version,
      webDirectory: config.webDirectory ?? webDirectory,
      store,
      publisher,
      changes,
      ...(onAnswer ? { onAnswer } : {}),
    })
    await app.listen(config.listen.port, config.listen.host)
    changes.start()
    return new ApiProcess(store, publisher, changes, app)
  }

  /** Where it listens. */
  url(): Promise<string> {
    return this.app.getUrl()
  }

  /** Answers what was asked, takes nothing more, and lets go of the bus and the store. */
  async close(): Promise<void> {
    await this.changes.close()
    await this.app.close()
    await this.publisher.close()
    await this.store.close()
  }
}
