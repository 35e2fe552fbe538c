import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { daysOf, retentionPolicyOf } from './policy.ts'

const policyOf = (HOPTRACE_RETENTION?: string) => retentionPolicyOf({ HOPTRACE_RETENTION })

describe('the retention that is configured', () => {
  it('keeps everything when nothing is', () => {
    expect(daysOf(policyOf(), 'acme')).toBeNull()
  })

  it('is that of the tenant, or else of all others', () => {
    const policy = policyOf('{"acme": 30, "bank": "keep", "*": 7}')
    expect(['acme', 'bank', 'other', 'constructor'].map((tenant) => daysOf(policy, tenant))).toEqual([30, null, 7, 7])
  })

  it('is read from a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-retention-')), 'retention.json')
    writeFileSync(path, '{"acme": 90}')
    expect(daysOf(policyOf(path), 'acme')).toBe(90)
  })

  it.each(['{"acme": 0}', '{"acme": -1}', '{"acme": 1.5}', '{"acme": "30"}', '{"": 3}', '{not json', '/no/such/file'])(
    'refuses %s',
    (setting) => {
      expect(() => policyOf(setting)).toThrow(expect.objectContaining({ code: 'BAD_RETENTION' }))
    },
  )
})
