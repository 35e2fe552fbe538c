import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

describe('loadConfig', () => {
  it('reads the store, the pace and the shared origins', () => {
    expect(loadConfig({ HOPTRACE_CLICKHOUSE_URL: 'http://ch:8123', HOPTRACE_SHARED_ORIGINS: '10.0.0.1, 10.0.0.2' })).toEqual({
      store: { kind: 'http', url: 'http://ch:8123' },
      source: { kind: 'store', pollMs: 1000, overlapMs: 10_000 },
      sharedOrigins: ['10.0.0.1', '10.0.0.2'],
    })
  })

  it('follows the bus where there are brokers', () => {
    const { source } = loadConfig({ HOPTRACE_CLICKHOUSE_URL: 'http://ch:8123', KAFKA_BROKERS: 'a:9092,b:9092' })
    expect(source).toMatchObject({ kind: 'kafka', settings: { brokers: ['a:9092', 'b:9092'] }, silenceMs: 30_000 })
  })

  it('names what is wrong, and never its value', () => {
    const environment = { HOPTRACE_CLICKHOUSE_URL: 'mysql://root:hunter2@ch', HOPTRACE_CORRELATOR_POLL_MS: 'often' }
    expect(() => loadConfig(environment)).toThrow('HOPTRACE_CLICKHOUSE_URL, HOPTRACE_CORRELATOR_POLL_MS')
    expect(() => loadConfig(environment)).not.toThrow('hunter2')
  })
})
