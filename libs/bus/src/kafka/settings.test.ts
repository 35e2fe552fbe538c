import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { KafkaEnvironment } from './environment.ts'
import { kafkaSettings } from './settings.ts'

const Environment = z.object(KafkaEnvironment)
const read = (env: Record<string, string>) => kafkaSettings(Environment.parse({ KAFKA_BROKERS: 'a:9092', ...env }), 'hoptrace-test')

describe('the settings of Kafka', () => {
  let directory: string
  let pem: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'hoptrace-settings-'))
    pem = join(directory, 'ca.pem')
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n')
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  it('need no more than brokers', () => {
    expect(read({ KAFKA_BROKERS: 'a:9092, [::1]:9093' })).toEqual({
      clientId: 'hoptrace-test',
      brokers: ['a:9092', '[::1]:9093'],
      sessionTimeoutMs: 30_000,
      topicPartitions: 12,
      topicReplication: 3,
      topicRetentionMs: 7 * 24 * 3_600_000,
    })
  })

  it.each(['', 'a', 'a:9092,', 'http://a:9092', 'a:x'])('refuse %j for brokers', (brokers) => {
    expect(() => read({ KAFKA_BROKERS: brokers })).toThrow(/KAFKA_BROKERS/)
  })

  it('turn TLS on where a file for it is named, or by its own switch', () => {
    expect(read({ KAFKA_SSL: 'true' }).tls).toEqual({})
    expect(read({ KAFKA_SSL: 'false' }).tls).toBeUndefined()
    expect(read({ KAFKA_SSL_CA_FILE: pem }).tls).toEqual({ ca: '-----BEGIN CERTIFICATE-----\n' })
  })

  it.each([
    ['KAFKA_SSL_CA_FILE', () => ({ KAFKA_SSL_CA_FILE: join(directory, 'secret-name.pem') })],
    ['KAFKA_SSL', () => ({ KAFKA_SSL: 'false', KAFKA_SSL_CA_FILE: pem })],
    ['KAFKA_SSL_KEY_FILE', () => ({ KAFKA_SSL_CERT_FILE: pem })],
    ['KAFKA_SASL_MECHANISM', () => ({ KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'secret-word' })],
    ['KAFKA_SASL_PASSWORD', () => ({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u' })],
  ])('name %s when it is wrong, and no value', (setting, env) => {
    expect(() => read(env())).toThrow(
      expect.objectContaining({ code: 'KAFKA_BAD_CONFIGURATION', setting, message: expect.not.stringContaining('secret') }),
    )
  })
})
