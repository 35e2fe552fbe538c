import { type DynamicModule, Module } from '@nestjs/common'
import { Callers } from './control/callers.ts'
import { GatewayController } from './control/gateway.controller.ts'
import { RUN_SERVICE } from './control/run-service.ts'
import { RunsController } from './control/runs.controller.ts'
import { Gateway } from './gateway.ts'

/** The gateway's control endpoint. The gateway itself exists before it and outlives it: recording does not hang on HTTP. */
@Module({ controllers: [RunsController, GatewayController] })
export class GatewayModule {}

/** The module around a gateway that is running. */
export function gatewayModule(gateway: Gateway): DynamicModule {
  return {
    module: GatewayModule,
    providers: [
      { provide: Gateway, useValue: gateway },
      { provide: RUN_SERVICE, useValue: gateway.runService },
      { provide: Callers, useValue: gateway.callers },
    ],
  }
}
