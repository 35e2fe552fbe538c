import { describe, expect, it } from 'vitest'
import { grantsAsJson, grantsAsYaml } from './grant-text.ts'

const grants = [
  { target: 'orders', protocol: 'postgres' as const },
  { target: 'prod', protocol: 'kubernetes' as const, kubernetes: { verbs: ['get', '*'], namespaces: ['no'] } },
]

describe('narrower grants', () => {
  it('are written as YAML in which no string turns into something else', () => {
    expect(grantsAsYaml(grants)).toBe(
      [
        'grants:',
        '  - target: "orders"',
        '    protocol: "postgres"',
        '  - target: "prod"',
        '    protocol: "kubernetes"',
        '    kubernetes:',
        '      verbs: ["get", "*"]',
        '      namespaces: ["no"]',
        '',
      ].join('\n'),
    )
  })

  it('are written as JSON that a run can be started with', () => {
    expect(JSON.parse(grantsAsJson(grants))).toEqual({ grants })
  })
})
