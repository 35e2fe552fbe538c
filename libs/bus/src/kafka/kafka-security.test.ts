import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ensureTopics } from './ensure-topics.ts'
import { KafkaEnvironment } from './environment.ts'
import { until } from './kafka.test-support.ts'
import { KafkaBatchConsumer } from './kafka-batch-consumer.ts'
import { KafkaPublisher } from './kafka-publisher.ts'
import { type KafkaSettings, kafkaSettings } from './settings.ts'
import { topicSpecs } from './topic-specs.ts'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('a broker behind TLS and SASL', () => {
  let directory: string
  let broker: KafkaBroker
  let environment: Record<string, string>
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hoptrace-kafka-tls-'))
    const tls = certificate(directory)
    const sasl = { username: 'hoptrace', password: 'right', mechanism: 'SCRAM-SHA-512' as const }
    broker = await startKafka({ own: true, tls, sasl })
    environment = {
      KAFKA_BROKERS: broker.brokers.join(','),
      KAFKA_SSL_CA_FILE: tls.cert,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'hoptrace',
      KAFKA_SASL_PASSWORD: 'right',
      HOPTRACE_TOPIC_REPLICATION: '1',
    }
  })
  afterAll(async () => {
    await broker?.stop()
    rmSync(directory, { recursive: true })
  })
  const settings = (over: Record<string, string> = {}): KafkaSettings =>
    kafkaSettings(z.object(KafkaEnvironment).parse({ ...environment, ...over }), 'test')
  const consumerOf = (given: KafkaSettings, topic: string, onMessages: (count: number) => void) =>
    new KafkaBatchConsumer({ settings: given, groupId: 'g', lingerMs: 20 }, [topic], async (slice) => onMessages(slice.length))

  it('is reached with what the environment says', async () => {
    const specs = topicSpecs(settings())
    const topic = specs[0]?.topic ?? ''
    await ensureTopics(settings(), specs)
    const publisher = await KafkaPublisher.connect(settings())
    await publisher.send(topic, [{ key: 'k', value: 'v' }])
    await publisher.close()
    let received = 0
    const consumer = consumerOf(settings(), topic, (count) => {
      received += count
    })
    await consumer.start()
    await until(() => received === 1)
    await consumer.stop()
  })

  it('turns a wrong password away at once, for publishers and consumers', async () => {
    const wrong = settings({ KAFKA_SASL_PASSWORD: 'wrong' })
    await expect(KafkaPublisher.connect(wrong)).rejects.toThrow(/auth/i)
    await expect(consumerOf(wrong, 'any', () => undefined).start()).rejects.toThrow(/auth/i)
  })

  it('is not trusted without its authority', async () => {
    const { KAFKA_SSL_CA_FILE: _, ...without } = environment
    const untrusting = kafkaSettings(z.object(KafkaEnvironment).parse({ ...without, KAFKA_SSL: 'true' }), 'test')
    await expect(KafkaPublisher.connect(untrusting, { retries: 0 })).rejects.toThrow(/certificate/)
  })
})

/** A certificate for loopback that is its own authority. */
function certificate(directory: string): { cert: string; key: string } {
  const paths = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const files = ['-keyout', paths.key, '-out', paths.cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files], { stdio: 'ignore' })
  return paths
}
