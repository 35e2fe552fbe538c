import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

function problemOf(yaml: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
  writeFileSync(path, yaml)
  try {
    loadConfig({ HOPTRACE_CONFIG: path })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('this configuration was taken')
}

describe('a configuration that cannot be used', () => {
  const target = 'targets:\n  - name: orders\n    protocol: postgres\n    address: 127.0.0.1:5432\n    account: app\n    database: orders\n'

  it.each([
    ['a secret written where its source belongs', `${target}    password: Tr0ub4dor-3x\n`],
    ['a secret beside a fault of the syntax', `${target}    password: {env: "Tr0ub4dor-3x\n`],
    ['a secret under a wrong name', `${target}    password: {value: Tr0ub4dor-3x}\n`],
    ['a secret in a list', `${target}    password: [Tr0ub4dor-3x]\n  }\n`],
  ])('is refused without a word of %s', (_, yaml) => {
    expect(problemOf(yaml)).not.toContain('Tr0ub4dor')
  })

  it.each(['import', 'api'])('is one that gives the gateway the name %s, which the platform has', (id) => {
    expect(problemOf(`gateway: {id: ${id}}\n`)).toContain('gateway.id:')
  })

  it('is one whose spool has no room for what its readers have yet to take', () => {
    expect(problemOf('gateway: {segmentBytes: 1048576, spool: {maxBytes: 4000000}}\n')).toContain('gateway.spool.maxBytes:')
  })

  it('names the place of each fault', () => {
    expect(problemOf('gateway: {\n  id: gw\n')).toMatch(/is not YAML: \w+ at line \d+/)
    expect(problemOf('tenant: "no spaces"\n')).toContain('tenant:')
  })
})

describe('the example', () => {
  const example = fileURLToPath(new URL('../../../hoptrace.example.yaml', import.meta.url))

  it('can be used, and states the default of every setting but the targets', () => {
    const { tenant, gateway, targets } = loadConfig({ HOPTRACE_CONFIG: example })
    const nothing = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
    writeFileSync(nothing, '')
    const defaults = loadConfig({ HOPTRACE_CONFIG: nothing })
    expect({ tenant, gateway }).toEqual({ tenant: defaults.tenant, gateway: defaults.gateway })
    const said = readFileSync(example, 'utf8')
    for (const setting of Object.keys(gateway)) expect(said).toContain(`  ${setting}:`)
    expect(targets.map(({ name }) => name)).toEqual(['orders', 'bastion'])
  })
})
