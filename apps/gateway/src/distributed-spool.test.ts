import { randomBytes } from 'node:crypto'
import { type KafkaBroker, kafkaMissing, type PostgresServer, startKafka, startPostgres } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aClient, attempt, mint, startInstance } from './distributed.test-support.ts'
import { until } from './relay/kafka.test-support.ts'

const UNAVAILABLE = '57P03'
const bounds = { segmentBytes: 65_536, spool: { maxBytes: 1_048_576 } }

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('a gateway whose broker is away', () => {
  let broker: KafkaBroker
  let target: PostgresServer

  beforeAll(async () => {
    ;[broker, target] = await Promise.all([startKafka({ own: true }), startPostgres()])
  })
  afterAll(() => Promise.all([broker.stop(), target.stop()]))

  it('records into its spool up to the bound, then refuses new sessions, and takes them again once the broker has taken all', async () => {
    const gateway = await startInstance({ id: 'gw-1', broker, target, tenant: `t-${randomBytes(4).toString('hex')}`, bounds })
    const { token } = await mint(gateway, gateway.operatorToken)
    const client = aClient(gateway, token)
    await client.connect()
    await broker.kill()
    while (!gateway.gateway.spoolRoom.isFull) await client.query("SELECT repeat('x', 60000) AS row")
    expect(await attempt(gateway, token)).toBe(UNAVAILABLE)
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await broker.start()
    await until(() => !gateway.gateway.spoolRoom.isFull)
    expect(await attempt(gateway, token)).toBe('42')
    await client.end()
    await gateway.close()
    expect(await gateway.gateway.relay?.depth()).toBe(0)
  }, 120_000)
})
