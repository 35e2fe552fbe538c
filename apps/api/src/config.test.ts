import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

const least = { HOPTRACE_CLICKHOUSE_URL: 'http://ch:8123', KAFKA_BROKERS: 'a:9092' }
const withToken = { ...least, HOPTRACE_OPERATOR_TOKEN: 'hopop_0123456789abcdef' }
const withProvider = {
  ...least,
  HOPTRACE_PUBLIC_URL: 'https://hoptrace.example/',
  HOPTRACE_OIDC_ISSUER: 'https://id.example',
  HOPTRACE_OIDC_CLIENT_ID: 'hoptrace',
  HOPTRACE_OIDC_GROUPS: '{"sec-ops":["investigator","responder"],"vault":["reveal"]}',
}

describe('the configuration of an api that runs by itself', () => {
  it('needs a store, a bus, and a way to sign in', () => {
    expect(loadConfig(withToken)).toMatchObject({
      listen: { host: '127.0.0.1', port: 6480 },
      store: { kind: 'http', url: 'http://ch:8123' },
      kafka: { brokers: ['a:9092'] },
      options: { tenant: 'default', operatorToken: withToken.HOPTRACE_OPERATOR_TOKEN },
    })
    expect(() => loadConfig(least)).toThrow('nobody could sign in')
    expect(() => loadConfig({ ...withToken, KAFKA_BROKERS: '' })).toThrow('KAFKA_BROKERS')
  })

  it('reads a provider, what groups give, and who bearer tokens are for', () => {
    const { options } = loadConfig({ ...withProvider, HOPTRACE_OIDC_DEVICE_CLIENT_ID: 'hoptrace-cli' })
    expect(options).toMatchObject({ publicUrl: 'https://hoptrace.example', oidc: { clientSecret: null, deviceClientId: 'hoptrace-cli' } })
    expect(options.oidc?.groups.get('sec-ops')).toEqual(['investigator', 'responder'])
    expect(options.oidc?.audiences).toEqual(['hoptrace', 'hoptrace-cli'])
    expect(options.oidc?.algorithms).not.toContain('HS256')
  })

  it('lets nobody in with the operator’s token where people sign in, unless it is told to', () => {
    const both = { ...withToken, ...withProvider, HOPTRACE_GATEWAY_URL: 'http://gateway:6470' }
    const { options } = loadConfig(both)
    expect(options.operatorToken).toBeNull()
    expect(options.gateways?.get('default')).toEqual({ url: 'http://gateway:6470', token: withToken.HOPTRACE_OPERATOR_TOKEN })
    expect(loadConfig({ ...both, HOPTRACE_OPERATOR_LOGIN: 'true' }).options.operatorToken).toBe(withToken.HOPTRACE_OPERATOR_TOKEN)
  })

  it('gives each tenant its own gateway', () => {
    const { options } = loadConfig({ ...withToken, HOPTRACE_GATEWAYS: 'acme=http://gw-acme:6470, umbrella=http://gw-umbrella:6470' })
    expect([...(options.gateways?.keys() ?? [])]).toEqual(['acme', 'umbrella'])
  })

  it('reads a secret from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'cookie')
    writeFileSync(file, '0123456789abcdef\n')
    expect(loadConfig({ ...withToken, HOPTRACE_COOKIE_SECRET_FILE: file }).options.sessionSecret).toBe('0123456789abcdef')
    expect(() => loadConfig({ ...withToken, HOPTRACE_COOKIE_SECRET_FILE: `${file}-2` })).toThrow('HOPTRACE_COOKIE_SECRET_FILE')
  })

  it('reads the key of its own tenant’s digests, and what matters of alerts', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'alerts.yaml')
    writeFileSync(file, 'alerts: { budgetPerDay: 4 }\n')
    const { options } = loadConfig({ ...withToken, HOPTRACE_DIGEST_KEY: 'ab'.repeat(32), HOPTRACE_ALERTS_FILE: file })
    expect(options.digestKeys?.('default').map(({ secret }) => secret.length)).toEqual([32])
    expect(options.digestKeys?.('acme')).toEqual([])
    expect(options.alertPolicy?.budgetPerDay).toBe(4)
    writeFileSync(file, 'alerts: { budgetPerDay: hunter2 }\n')
    const load = () => loadConfig({ ...withToken, HOPTRACE_ALERTS_FILE: file })
    expect(load).toThrow('alerts.budgetPerDay')
    expect(load).not.toThrow('hunter2')
  })

  it.each([
    ['a provider without TLS elsewhere', { HOPTRACE_OIDC_ISSUER: 'http://id.example' }, 'HOPTRACE_OIDC_ISSUER'],
    ['a provider without a public URL', { HOPTRACE_PUBLIC_URL: '' }, 'HOPTRACE_PUBLIC_URL'],
    ['groups that are no roles', { HOPTRACE_OIDC_GROUPS: '{"a":["hunter2"]}' }, 'HOPTRACE_OIDC_GROUPS'],
    ['a signature by a shared secret', { HOPTRACE_OIDC_ALGORITHMS: 'HS256' }, 'HOPTRACE_OIDC_ALGORITHMS'],
    ['a gateway that is no address', { HOPTRACE_GATEWAYS: 'acme=hunter2' }, 'HOPTRACE_GATEWAYS'],
    ['a key of digests that is none', { HOPTRACE_DIGEST_KEY: `hunter2${'x'.repeat(57)}` }, 'HOPTRACE_DIGEST_KEY'],
    ['a secret that is too short', { HOPTRACE_COOKIE_SECRET: 'hunter2' }, 'HOPTRACE_COOKIE_SECRET'],
  ])('refuses %s by the name of the setting, and never tells its value', (_, setting, named) => {
    const load = () => loadConfig({ ...withProvider, ...setting })
    expect(load).toThrow(named)
    expect(load).not.toThrow('hunter2')
  })
})
