import { topics } from '@hoptrace/events'
import { FrameworkLog, Log } from '@hoptrace/telemetry'
import { NestFactory } from '@nestjs/core'
import { type CustomTransportStrategy, Server } from '@nestjs/microservices'
import { firstValueFrom, isObservable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { anId, idsFrom, RecordedSession } from '../testing.ts'
import { Rekey } from './rekey.ts'
import { rekeyModule } from './stream.module.ts'

idsFrom(8_000_000)

/** A transport of one batch. */
class OneBatch extends Server implements CustomTransportStrategy {
  listen(started: () => void): void {
    started()
  }
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    throw new Error('there is nothing below')
  }

  /** Hands it to the topic's handler as the bus does. */
  async deliver(topic: string, values: readonly Buffer[]): Promise<unknown> {
    const batch = values.map((value, offset) => ({ value, at: { source: topic, partition: '0', offset } }))
    const answer = await this.getHandlerByPattern(topic)?.(batch, { topic, partition: 0, signal: new AbortController().signal })
    return isObservable(answer) ? firstValueFrom(answer, { defaultValue: undefined }) : answer
  }
}

describe('a stage whose topic cannot be written to', () => {
  it('hands the very error to the transport, and the framework logs none of it', async () => {
    const lines: string[] = []
    const log = new Log(
      'correlator',
      () => 0,
      (line) => lines.push(line),
    )
    const refused = new Error('hunter2 in a payload')
    const rekey = new Rekey({ notes: { send: () => Promise.reject(refused) }, partitions: 1, ends: async () => [0] })
    const strategy = new OneBatch()
    const app = await NestFactory.createMicroservice(rekeyModule(rekey), { strategy, logger: new FrameworkLog(log) })
    await app.listen()
    const session = new RecordedSession(1, { run: anId(0) }, { protocol: 'postgres', name: 'orders' }, { token: 'hop_parent12345678' })
    await expect(strategy.deliver(topics.events, session.events)).rejects.toBe(refused)
    await app.close()
    expect(lines).toEqual([])
  })
})
