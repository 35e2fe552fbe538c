import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultAlertPolicy } from '@hoptrace/rules'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

describe('loadConfig', () => {
  it('reads the store, the pace and the shared origins', () => {
    expect(loadConfig({ HOPTRACE_CLICKHOUSE_URL: 'http://ch:8123', HOPTRACE_SHARED_ORIGINS: '10.0.0.1, 10.0.0.2' })).toEqual({
      store: { kind: 'http', url: 'http://ch:8123' },
      source: { kind: 'store', pollMs: 1000, overlapMs: 10_000 },
      sharedOrigins: ['10.0.0.1', '10.0.0.2'],
      alerts: { settings: { ...defaultAlertPolicy, destinations: [] }, secretOf: expect.any(Function) },
      workbench: null,
    })
  })

  describe('alerts', () => {
    const directory = mkdtempSync(join(tmpdir(), 'hoptrace-alert-settings-'))
    afterAll(() => rmSync(directory, { recursive: true }))
    const file = join(directory, 'hoptrace.yaml')
    const config = (text: string, more: NodeJS.ProcessEnv = {}) => {
      writeFileSync(file, text)
      return loadConfig({ HOPTRACE_CLICKHOUSE_URL: 'http://ch:8123', HOPTRACE_ALERTS_FILE: file, ...more })
    }

    it('are configured as in the file that the gateway reads', () => {
      const text = `targets: []\nalerts:\n  privileged: { targets: [prod-*] }\n  destinations:\n    - { name: hook, url: 'https://h.example', secret: { file: s } }\n`
      const { alerts, workbench } = config(text, { HOPTRACE_PUBLIC_URL: 'https://hoptrace.example/' })
      expect([alerts.settings.privileged.targets, workbench]).toEqual([['prod-*'], 'https://hoptrace.example'])
      writeFileSync(join(directory, 's'), 'hunter2\n')
      expect(alerts.secretOf({ file: 's' })).toBe('hunter2')
      expect(() => alerts.secretOf({ env: 'NOT_SET' })).toThrow('NOT_SET')
    })

    it('name what is wrong with them, and never its value', () => {
      const wrong = () => config('alerts:\n  destinations:\n    - { name: hook, url: hunter2, secret: hunter2 }\n')
      expect(wrong).toThrow('alerts.destinations.0.')
      expect(wrong).not.toThrow('hunter2')
      expect(() => config('alerts: [')).toThrow('is not YAML')
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
