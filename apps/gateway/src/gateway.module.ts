import { type DynamicModule, Module } from '@nestjs/common'
import { Callers } from './control/callers.ts'
import { GatewayController } from './control/gateway.controller.ts'
import { RunDesk } from './control/run-desk.ts'
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
      { provide: RunDesk, useValue: gateway.desk },
      { provide: Callers, useValue: gateway.callers },
    ],
  }
}
