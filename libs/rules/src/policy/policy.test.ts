import { describe, expect, it } from 'vitest'
import { AlertPolicy, defaultAlertPolicy } from './alert-policy.ts'
import { approvalOf, type CredentialPath, type Doing, expectationOf, isPrivileged } from './explanations.ts'
import { isLike } from './glob.ts'
import { instantUs } from './instant.ts'

const HOUR_US = 3_600_000_000
const NINE_US = 1_791_018_000_000_000

describe('an alert policy', () => {
  it('is whole where nothing is declared', () => {
    expect(defaultAlertPolicy).toMatchObject({
      budgetPerDay: 9,
      approvedPaths: [],
      maintenance: [],
      owners: {},
      warmUp: { days: 3, runs: 20 },
    })
  })

  it.each<[string, unknown]>([
    [
      'a window that ends before it begins',
      { maintenance: [{ targets: ['x'], from: '2026-10-03T10:00:00Z', to: '2026-10-03T09:00:00Z', reason: 'r' }] },
    ],
    ['a window for everything', { maintenance: [{ from: '2026-10-03T09:00:00Z', to: '2026-10-03T10:00:00Z', reason: 'r' }] }],
    ['a time without a zone', { approvedPaths: [{ from: 'a', to: 'b', reason: 'r', until: '2026-10-03T09:00:00' }] }],
    ['a path without a reason', { approvedPaths: [{ from: 'a', to: 'b' }] }],
    ['a name that means nothing', { privilege: {} }],
    ['a day without any alert', { budgetPerDay: 0 }],
  ])('refuses %s', (_, policy) => expect(AlertPolicy.safeParse(policy).success).toBe(false))
})

describe('what is privileged', () => {
  const policy = AlertPolicy.parse({ privileged: { targets: ['prod*', 'vault'], accounts: ['root', '*-admin'] } })
  it.each<[string, string | null, boolean]>([
    ['prod-db', 'app', true],
    ['PROD', null, true],
    ['staging-db', 'ROOT', true],
    ['staging-db', 'db-admin', true],
    ['staging-db', 'app', false],
    ['my-vault', null, false],
  ])('%s as %s: %s', (target, account, expected) => expect(isPrivileged(policy, { target, account })).toBe(expected))
})

describe('an approved path', () => {
  const policy = AlertPolicy.parse({
    approvedPaths: [{ from: 'vault', to: 'shop-*', account: 'app-*', reason: 'broker', until: '2026-10-03T12:00:00+02:00' }],
  })
  const path = { from: 'vault', to: 'shop-db', account: 'app-rw', tsUs: NINE_US }
  it.each<[string, Partial<CredentialPath>, string | null]>([
    ['as it is declared', {}, 'broker'],
    ['from elsewhere', { from: 'wiki' }, null],
    ['to elsewhere', { to: 'bank-db' }, null],
    ['as another account', { account: 'root' }, null],
    ['as nobody knows whom', { account: null }, null],
    ['a moment before its end', { tsUs: NINE_US + HOUR_US - 1 }, 'broker'],
    ['at its end', { tsUs: NINE_US + HOUR_US }, null],
  ])('%s', (_, change, reason) => expect(approvalOf(policy, { ...path, ...change })).toBe(reason))
})

describe('a maintenance window', () => {
  const policy = AlertPolicy.parse({
    maintenance: [
      { targets: ['shop-*'], agentTemplates: ['deployer'], from: '2026-10-03T09:00:00Z', to: '2026-10-03T10:00:00Z', reason: 'release 7' },
    ],
  })
  const doing = { target: 'shop-db', principal: 'agent-1', agentTemplate: 'deployer', tsUs: NINE_US }
  it.each<[string, Partial<Doing>, string | null]>([
    ['from its first moment', {}, 'release 7'],
    ['not at its end', { tsUs: NINE_US + HOUR_US }, null],
    ['not before', { tsUs: NINE_US - 1 }, null],
    ['not elsewhere', { target: 'bank' }, null],
    ['not by another agent', { agentTemplate: 'helper' }, null],
    ['not by nobody known', { agentTemplate: null }, null],
  ])('holds %s', (_, change, reason) => expect(expectationOf(policy, { ...doing, ...change })).toBe(reason))
})

describe('patterns', () => {
  it.each<[string, string, boolean]>([
    ['*', '', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*bc', 'abc', false],
    ['a.c', 'abc', false],
    ['*a*', 'b', false],
  ])('%s of %s: %s', (pattern, text, expected) => expect(isLike(pattern, text)).toBe(expected))

  it('cost no more than the text is long, whatever they are', () => {
    expect(isLike(`${'*a'.repeat(100)}*b`, 'a'.repeat(200_000))).toBe(false)
  })
})

describe('instants', () => {
  it.each<[string, number | null]>([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-10-03T09:00:00Z', NINE_US],
    ['2026-10-03T11:00:00.000001+02:00', NINE_US + 1],
    ['2026-10-03T03:30:00-05:30', NINE_US],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000],
    ['2026-10-03', null],
  ])('%s', (text, expected) => expect(instantUs(text)).toBe(expected))
})
