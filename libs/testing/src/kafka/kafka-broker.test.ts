import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { type KafkaBroker, startKafka } from './kafka-broker.ts'
import { kafkaMissing } from './missing.ts'
import { type KafkaRelease, releases } from './releases.ts'

const TOPIC = 'said'

describe.skipIf(kafkaMissing() !== null && !process.env.CI)('a broker of our own', () => {
  it.each(Object.keys(releases) as KafkaRelease[])('keeps what it acknowledged through a kill (Apache Kafka %s)', async (release) => {
    const broker = await startKafka({ own: true, release })
    try {
      await say(clientOf(broker), ['before'])
      await broker.kill()
      await broker.start()
      await say(clientOf(broker), ['after'])
      expect(await heard(clientOf(broker), 2)).toEqual(['before', 'after'])
    } finally {
      await broker.stop()
    }
  })

  it('answers nobody while it is paused', async () => {
    const broker = await startKafka({ own: true })
    try {
      broker.pause()
      await expect(say(clientOf(broker, { requestTimeout: 500, connectionTimeout: 500, retry: { retries: 0 } }), ['x'])).rejects.toThrow()
      broker.resume()
      await say(clientOf(broker), ['y'])
    } finally {
      await broker.stop()
    }
  })

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('takes a login by %s over TLS, and no other', async (mechanism) => {
    const { dir, tls, ca } = certificate()
    const broker = await startKafka({ own: true, tls, sasl: { username: 'hop', password: 'trace', mechanism } })
    const as = (password: string, retry = {}) => clientOf(broker, { ssl: { ca: [ca] }, sasl: loginOf(mechanism, 'hop', password), retry })
    try {
      await say(as('trace'), ['x'])
      await expect(say(as('wrong', { retries: 0 }), ['x'])).rejects.toThrow()
      expect(await heard(as('trace'), 1)).toEqual(['x'])
    } finally {
      await broker.stop()
      rmSync(dir, { recursive: true })
    }
  })

  it('lets in only who shows a certificate, when it has an authority for them', async () => {
    const { dir, tls, ca } = certificate()
    const broker = await startKafka({ own: true, tls: { ...tls, ca: tls.cert } })
    const own = { ca: [ca], cert: ca, key: readFileSync(tls.key, 'utf8') }
    try {
      await say(clientOf(broker, { ssl: own }), ['x'])
      await expect(say(clientOf(broker, { ssl: { ca: [ca] }, retry: { retries: 0 } }), ['x'])).rejects.toThrow()
    } finally {
      await broker.stop()
      rmSync(dir, { recursive: true })
    }
  })
})

function clientOf(broker: KafkaBroker, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ clientId: 'test', brokers: broker.brokers, logLevel: logLevel.NOTHING, ...config })
}

type Mechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

function loginOf(mechanism: Mechanism, username: string, password: string): KafkaConfig['sasl'] {
  if (mechanism === 'PLAIN') return { mechanism: 'plain', username, password }
  // The type of the option takes one mechanism at a time.
  if (mechanism === 'SCRAM-SHA-256') return { mechanism: 'scram-sha-256', username, password }
  return { mechanism: 'scram-sha-512', username, password }
}

async function say(kafka: Kafka, values: string[]): Promise<void> {
  const admin = kafka.admin()
  const producer = kafka.producer()
  try {
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 1 }] })
    await producer.connect()
    await producer.send({ topic: TOPIC, acks: -1, messages: values.map((value) => ({ value })) })
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }
}

async function heard(kafka: Kafka, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: 'listener' })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value))
      if (values.length === count) resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return values
}

/** A certificate for loopback that is its own authority. */
function certificate(): { dir: string; tls: { cert: string; key: string }; ca: string } {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-kafka-tls-'))
  const tls = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
  const files = ['-keyout', tls.key, '-out', tls.cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files], { stdio: 'ignore' })
  return { dir, tls, ca: readFileSync(tls.cert, 'utf8') }
}
