import { type DynamicModule, Module } from '@nestjs/common'
import { LinkController } from './link.controller.ts'
import { NoteConsumer } from './note-consumer.ts'
import { RekeyController } from './rekey.controller.ts'
import { Rekey } from './rekey.ts'

@Module({})
class RekeyModule {}

@Module({})
class LinkModule {}

/** Events in, notes out. */
export function rekeyModule(rekey: Rekey): DynamicModule {
  return { module: RekeyModule, controllers: [RekeyController], providers: [{ provide: Rekey, useValue: rekey }] }
}

/** Notes in, hops in the store. */
export function linkModule(consumer: NoteConsumer): DynamicModule {
  return { module: LinkModule, controllers: [LinkController], providers: [{ provide: NoteConsumer, useValue: consumer }] }
}
