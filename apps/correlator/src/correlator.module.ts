import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Correlator } from './correlator.ts'

/** Runs a correlator for as long as its application runs. The store is the composition root's, and outlives it. */
@Module({})
export class CorrelatorModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(Correlator) private readonly correlator: Correlator) {}

  static of(correlator: Correlator): DynamicModule {
    return { module: CorrelatorModule, providers: [{ provide: Correlator, useValue: correlator }], exports: [Correlator] }
  }

  onApplicationBootstrap(): void {
    this.correlator.start()
  }

  async onModuleDestroy(): Promise<void> {
    await this.correlator.stop()
  }
}
