import { describe, expect, it } from 'vitest'
import { telemetrySettings } from './settings.ts'

describe('telemetry settings', () => {
  it('leave everything off when nothing is set', () => {
    expect(telemetrySettings({})).toEqual({ ops: null, tracing: null })
  })

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
  ])('bind to loopback unless a host is named: %s', (listen, address) => {
    expect(telemetrySettings({ HOPTRACE_OPS_LISTEN: listen }).ops).toEqual(address)
  })

  it('post traces where OpenTelemetry says, one in a hundred by default', () => {
    const tracing = (environment: Record<string, string>) => telemetrySettings(environment).tracing
    expect(tracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' })).toEqual({
      url: 'http://collector:4318/v1/traces',
      ratio: 0.01,
    })
    const exact = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/otlp', OTEL_TRACES_SAMPLER_ARG: '1' }
    expect(tracing(exact)).toEqual({ url: 'https://collector/otlp', ratio: 1 })
  })

  it.each([
    ['HOPTRACE_OPS_LISTEN', 'hunter2'],
    ['HOPTRACE_OPS_LISTEN', '127.0.0.1:99999'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter2'],
    ['OTEL_TRACES_SAMPLER_ARG', 'hunter2'],
  ])('name a bad %s, and not its value', (setting, value) => {
    const read = () => telemetrySettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', [setting]: value })
    expect(read).toThrow(setting)
    expect(read).not.toThrow(value)
  })
})
