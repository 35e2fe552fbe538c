import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

const example = readFileSync(fileURLToPath(new URL('../../../hoptrace.example.yaml', import.meta.url)), 'utf8')

function fileWith(text: string, more: Record<string, string> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-config-'))
  for (const [name, content] of Object.entries({ 'hoptrace.yaml': text, ...more })) writeFileSync(join(dir, name), content)
  return join(dir, 'hoptrace.yaml')
}
const problemOf = (text: string) => {
  try {
    loadConfig(fileWith(text), { isSecretRead: true })
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

describe('hoptrace.yaml', () => {
  it('keeps everything and has no provider unless it says so', () => {
    expect(loadConfig(fileWith(example), { isSecretRead: true })).toMatchObject({ oidc: null, retentionDays: null, publicUrl: null })
  })

  it('can be used with the lines of retention and oidc uncommented', () => {
    const section = example.slice(example.indexOf('# retention:'), example.indexOf('# What can be reached'))
    const lines = section
      .split('\n')
      .filter((line) => /^# ( |\w+:)/.test(line))
      .map((line) => line.slice(2))
    const text = ['api: { publicUrl: https://hoptrace.example/ }', ...lines].join('\n').replace('{ env: OIDC_SECRET }', '{ file: secret }')
    const { oidc, publicUrl, retentionDays } = loadConfig(fileWith(text, { secret: 'abc\n' }), { isSecretRead: true })
    expect([publicUrl, retentionDays]).toEqual(['https://hoptrace.example', 365])
    expect(oidc).toMatchObject({
      issuer: 'https://id.example',
      clientSecret: 'abc',
      audiences: ['hoptrace'],
      deviceClientId: 'hoptrace-cli',
    })
    expect(oidc?.groups.get('vault')).toEqual(['reveal'])
  })

  it('has the defaults of the environment: both clients are whom tokens are for', () => {
    const text = JSON.stringify({
      api: { publicUrl: 'https://hoptrace.example' },
      oidc: { issuer: 'https://id.example', clientId: 'a', deviceClientId: 'b', groups: { ops: ['operator'] } },
    })
    expect(loadConfig(fileWith(text), { isSecretRead: true }).oidc).toMatchObject({
      ...{ clientSecret: null, audiences: ['a', 'b'], label: 'single sign-on', clockToleranceSeconds: 30 },
      claims: { name: null, tenant: null, groups: 'groups' },
    })
  })

  it.each([
    ['api.publicUrl', { oidc: { issuer: 'https://id.example', clientId: 'a', groups: {} } }],
    ['oidc.issuer', { oidc: { issuer: 'http://id.example', clientId: 'a', groups: {} } }],
    ['oidc.algorithms.0', { oidc: { issuer: 'https://id.example', clientId: 'a', groups: {}, algorithms: ['none'] } }],
    ['retention.days', { retention: { days: 0 } }],
  ])('names %s when it is bad', (setting, text) => {
    expect(problemOf(JSON.stringify(text))).toContain(`  ${setting}: `)
  })

  it('names the secret that cannot be read, and does not ask commands for it', () => {
    const oidc = { issuer: 'https://id.example', clientId: 'a', groups: {}, clientSecret: { file: 'nowhere' } }
    const text = JSON.stringify({ api: { publicUrl: 'https://hoptrace.example' }, oidc })
    expect(problemOf(text)).toMatch(/^oidc\.clientSecret: /)
    expect(loadConfig(fileWith(text)).oidc).toBeNull()
  })
})
