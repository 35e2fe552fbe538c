import { describe, expect, it } from 'vitest'
import { alertsOfChain } from '../alerts/alerts-of-chain.ts'
import { alertsOfFindings } from '../alerts/alerts-of-findings.ts'
import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import { defaultAlertPolicy } from '../policy/alert-policy.ts'
import type { RuleRecord } from '../record.ts'
import { recordOfConflict } from '../records/event-records.ts'
import type { Finding } from '../rule-set.ts'
import { RuleSet } from '../rule-set.ts'
import { aChain, aHop, anAccess, aTargetHop, SOMETIME_US } from '../testing.ts'
import { shippedRules } from './shipped-rules.ts'

const { rules, problems } = shippedRules()

/** Names of the shipped rules that find something in a chain, and how anybody is told of it. */
function found(chain: ChainFacts): Record<string, string> {
  const names = new Map(rules.map((rule) => [rule.id, rule.name?.replace('hoptrace_', '') ?? '']))
  const findings = alertsOfChain(chain, rules, defaultAlertPolicy).flatMap((alert) => alert.findings)
  return Object.fromEntries(findings.map(({ rule, response }) => [names.get(rule.id) ?? rule.id, response]))
}
const finds = (chain: ChainFacts, name: string) => Object.hasOwn(found(chain), name)

const ssh = (facts: Partial<AccessFacts> & { second?: number } = {}) =>
  anAccess({ id: 'b', second: 60, protocol: 'ssh', target: 'bastion', address: '10.0.0.9:22', account: 'deploy', ...facts })
const cluster = (facts: Partial<AccessFacts> & { second?: number } = {}) =>
  anAccess({ id: 'c', second: 120, protocol: 'kubernetes', target: 'prod', address: '10.0.0.1:6443', account: 'robot', ...facts })
const refusal = (facts: Partial<AccessFacts> & { second?: number } = {}) =>
  ssh({ kind: 'refused', address: null, denyReason: 'not-granted', ...facts })
const db = anAccess({ id: 'a' })

/** A chain of one hop by a secret. */
const bySecret = (to: AccessFacts, hop: Parameters<typeof aHop>[2] = {}) => aChain([db, to], [aHop(db, to, hop)])
const byHost = (to: AccessFacts, hop: Parameters<typeof aHop>[2] = {}) => aChain([db, to], [aTargetHop(db, to, hop)])
const switched = { isAccountSwitch: true, isNewAccess: true }

describe('the shipped rules', () => {
  it('are read without a fault, and go together', () => {
    expect(problems).toEqual([])
    expect(RuleSet.of(rules).conflicts).toEqual([])
  })

  it('each name a technique, what to look at, and false positives, and have an id of their own', () => {
    for (const { document, title } of rules) {
      expect(
        document.tags?.some((tag) => /^(?:attack\.t\d{4}|atlas\.aml\.t\d{4})/.test(tag)),
        title,
      ).toBe(true)
      expect(document.description?.length, title).toBeGreaterThan(100)
      expect(document.falsepositives?.length, title).toBeGreaterThan(0)
      expect([document.level, document.response, document.status], title).not.toContain(undefined)
    }
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    expect(rules).toHaveLength(17)
  })

  it('page for three things only', () => {
    expect(rules.filter(({ document }) => document.response === 'page').map(({ name }) => name)).toEqual([
      'hoptrace_privileged_credential_switch',
      'hoptrace_refused_then_reached',
      'hoptrace_recording_stopped',
    ])
  })
})

describe('a secret read, then used', () => {
  it.each<[string, ChainFacts, boolean]>([
    ['with new access under another account', bySecret(ssh(), switched), true],
    ['where it was refused', bySecret(refusal()), true],
    ['at a target that was never reached', bySecret(ssh({ isFirstSeen: true })), true],
    ['at a privileged target', bySecret(ssh({ isPrivileged: true })), true],
    ['where the run goes every day', bySecret(ssh(), { isAccountSwitch: true }), false],
    ['while it is not known yet what is new', bySecret(ssh({ isFirstSeen: null })), false],
    ['at the door that it came from, as the same account', bySecret(anAccess({ id: 'b', second: 60, isFirstSeen: true })), false],
    ['when what flowed is a host', byHost(ssh({ isFirstSeen: true })), false],
    ['when a token had come to its end', bySecret(refusal({ denyReason: 'expired' })), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'secret_then_used')).toBe(isFound))
})

describe('a host in a database answer, then a first SSH', () => {
  const web = anAccess({ id: 'a', protocol: 'http' })
  it.each<[string, ChainFacts, boolean]>([
    ['a first-seen host', byHost(ssh({ isFirstSeen: true })), true],
    ['a known host', byHost(ssh({ isFirstSeen: false })), false],
    ['a host while the baseline warms up', byHost(ssh({ isFirstSeen: null })), false],
    ['from a web page', aChain([web, ssh({ isFirstSeen: true })], [aTargetHop(web, ssh({ isFirstSeen: true }))]), false],
    ['to a cluster', byHost(cluster({ isFirstSeen: true })), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'named_host_then_first_ssh')).toBe(isFound))
})

describe('SQL, then SSH, then a change in a cluster', () => {
  const path = (b: AccessFacts, c: AccessFacts, last = aHop(b, c)) => aChain([db, b, c], [aTargetHop(db, b), last])
  const first = ssh({ isFirstSeen: true })
  it.each<[string, ChainFacts, boolean]>([
    ['that writes, after a boundary', path(first, cluster({ acts: ['write'] })), true],
    ['that only reads', path(first, cluster()), false],
    ['where nothing was crossed', path(ssh(), cluster({ acts: ['write'] })), false],
    ['with another stop between', path(ssh({ protocol: 'http', isFirstSeen: true }), cluster({ acts: ['write'] })), false],
    ['over one more host', deeper(), true],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'sql_ssh_kubernetes_write')).toBe(isFound))

  function deeper(): ChainFacts {
    const [b, b2, c] = [first, ssh({ id: 'b2', second: 90 }), cluster({ acts: ['write'] })]
    return aChain([db, b, b2, c], [aTargetHop(db, b), aHop(b, b2), aHop(b2, c)])
  }
})

describe('a powerful pod at depth', () => {
  const at = (c: AccessFacts, isDeep = true) => (isDeep ? aChain([db, ssh(), c], [aTargetHop(db, ssh()), aHop(ssh(), c)]) : bySecret(c))
  it.each<[string, ChainFacts, boolean]>([
    ['privileged, two hops away', at(cluster({ acts: ['write', 'privileged-pod'] })), true],
    ["with the node's files, two hops away", at(cluster({ acts: ['write', 'host-path'] })), true],
    ['one hop away', at(cluster({ acts: ['write', 'privileged-pod'] }), false), false],
    ['an ordinary pod', at(cluster({ acts: ['write'] })), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'powerful_pod_at_depth')).toBe(isFound))
})

describe('a token of a machine or a pod, used elsewhere', () => {
  const source = { type: 'ssh.exec', acts: ['metadata-service'] as const }
  const reader = anAccess({ id: 'a', acts: ['service-account-token'] })
  it.each<[string, ChainFacts, boolean]>([
    ['from the metadata service', bySecret(cluster(), { ...switched, source }), true],
    ["from a pod's file", aChain([reader, cluster()], [aHop(reader, cluster(), switched)]), true],
    ['another secret', bySecret(cluster(), switched), false],
    ['where the run always goes with it', bySecret(cluster(), { source }), false],
    ['a host from there', byHost(cluster({ isFirstSeen: true }), { source }), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'machine_token_used_elsewhere')).toBe(isFound))
})

describe('a credential switch', () => {
  const queued = { secret_then_used: 'queue', credential_switch: 'queue' }
  const privilegedOne = ssh({ isPrivileged: true })
  it.each<[string, ChainFacts, Record<string, string>]>([
    ['with new access is for the queue', bySecret(ssh(), switched), queued],
    [
      'to a privileged target pages',
      bySecret(ssh({ isPrivileged: true }), switched),
      { ...queued, privileged_credential_switch: 'page', privileged_account_switch: 'queue' },
    ],
    [
      'on an approved path is kept, and nobody is told',
      bySecret(ssh({ isPrivileged: true }), { ...switched, isApproved: true }),
      { secret_then_used: 'log', credential_switch: 'log', privileged_account_switch: 'log' },
    ],
    ['that was refused does not page', bySecret(refusal({ isPrivileged: true }), switched), { secret_then_used: 'queue' }],
    ['that is only named in a command does not page', named(), { ...queued, privileged_account_switch: 'queue' }],
    ['to a privileged target by a name alone does not page', byHost(privilegedOne, switched), { privileged_account_switch: 'queue' }],
    ['to a privileged target where the run was before is none', byHost(privilegedOne, { isAccountSwitch: true }), {}],
    ['to a privileged target as the same account is none', byHost(privilegedOne, { isNewAccess: true }), {}],
    ['without a secret is none', byHost(ssh(), switched), {}],
    ['without new access is none', bySecret(ssh(), { isAccountSwitch: true }), {}],
    ['to the same account is none', bySecret(ssh(), { isNewAccess: true }), {}],
  ])('%s', (_, chain, expected) => expect(found(chain)).toEqual(expected))

  function named(): ChainFacts {
    return bySecret(ssh({ kind: 'use', isPrivileged: true }), switched)
  }
})

describe('a delegation', () => {
  const plain = (delegation: ChainFacts['delegation']) => aChain([db, ssh()], [aTargetHop(db, ssh())], { delegation })
  it.each<[ChainFacts['delegation'], boolean]>([
    [{ depth: 1, isVerified: true, isCyclic: false }, false],
    [{ depth: 3, isVerified: true, isCyclic: false }, false],
    [{ depth: 4, isVerified: true, isCyclic: false }, true],
    [{ depth: 2, isVerified: true, isCyclic: true }, true],
    [{ depth: 1, isVerified: false, isCyclic: false }, true],
    [{ depth: 0, isVerified: false, isCyclic: false }, false],
  ])('%j: %s', (delegation, isFound) => expect(finds(plain(delegation), 'odd_delegation')).toBe(isFound))
})

describe('a database that reaches out', () => {
  const classes = { class: 'pivot-command', classes: ['pivot-command'], source: { type: 'pivot.named', acts: ['outbound-sql'] as const } }
  it.each<[string, ChainFacts, boolean]>([
    ['to another database', byHost(anAccess({ id: 'b', second: 60, target: 'other-db' }), classes), true],
    ['which a shell did', byHost(ssh(), { ...classes, source: { type: 'pivot.named', acts: [] } }), false],
    ['which only a host says', byHost(ssh()), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'database_reached_out')).toBe(isFound))

  it.each<[string, Record<string, unknown>, boolean]>([
    ['by a statement', { type: 'pivot.named', acts: ['outbound-sql'] }, true],
    ['by a command of a shell', { type: 'pivot.named', acts: [] }, false],
    ['by a statement that names nothing', { type: 'sql.statement', acts: [] }, false],
  ])('%s', (_, fields, isFound) => expect(findsEvent(fields, 'database_told_to_reach_out')).toBe(isFound))
})

describe('a pivot that was not seen, or a tunnel', () => {
  const unseen = ssh({ kind: 'unseen', address: null, account: null, tool: 'ssh', relation: 'connect' })
  it.each<[string, ChainFacts, boolean]>([
    ['not seen', byHost(unseen, { class: 'pivot-command', classes: ['pivot-command'] }), true],
    ['a tunnel to new ground', byHost(ssh({ acts: ['tunnel'], isFirstSeen: true })), true],
    ['a tunnel of every day', byHost(ssh({ acts: ['tunnel'] })), false],
    ['a command to new ground', byHost(ssh({ isFirstSeen: true }), { class: 'pivot-command', classes: ['pivot-command'] }), true],
    ['from inside a target to new ground', byHost(ssh({ isFirstSeen: true }), { class: 'origin', classes: ['origin'] }), true],
    ['a name that was read, to new ground', byHost(ssh({ isFirstSeen: true })), false],
    ['a seen one', byHost(ssh(), { class: 'pivot-command', classes: ['pivot-command'] }), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'unseen_pivot_or_tunnel')).toBe(isFound))
})

describe('a first sight', () => {
  it.each<[string, ChainFacts, boolean]>([
    ['by whatever led there', byHost(cluster({ isFirstSeen: true })), true],
    ['of what is known', byHost(cluster()), false],
    ['while the baseline warms up', byHost(cluster({ isFirstSeen: null })), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'first_seen_hop')).toBe(isFound))
})

describe('a fan-out', () => {
  const fan = (targets: readonly string[], facts: Partial<AccessFacts>, everySeconds = 60) => {
    const hosts = targets.map((target, n) => ssh({ id: `h${n}`, target, second: 60 + n * everySeconds, ...facts }))
    return aChain(
      [db, ...hosts],
      hosts.map((host) => aTargetHop(db, host)),
    )
  }
  const five = ['h1', 'h2', 'h3', 'h4', 'h5']
  it.each<[string, ChainFacts, boolean]>([
    ['to five new targets', fan(five, { isFirstSeen: true }), true],
    ['to four', fan(five.slice(1), { isFirstSeen: true }), false],
    ['to one, five times', fan(['h1', 'h1', 'h1', 'h1', 'h1'], { isFirstSeen: true }), false],
    ['to known ones', fan(five, { isFirstSeen: false }), false],
    ['over more than a quarter of an hour', fan(five, { isFirstSeen: true }, 300), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'first_seen_fan_out')).toBe(isFound))
})

describe('refused, then reached', () => {
  const other = { run: '01928b2f-0000-7000-8000-000000000002', principal: 'agent-2' }
  const after = (to: Partial<AccessFacts>, no: Partial<AccessFacts> = {}) => {
    const [refused, reached] = [refusal({ id: 'r', second: 30, ...no }), ssh(to)]
    return aChain([db, refused, reached], [aTargetHop(db, refused), aTargetHop(db, reached)])
  }
  it.each<[string, ChainFacts, boolean]>([
    ['by another agent', after(other), true],
    ['by a nested run', after({ run: other.run, lineage: [db.run ?? ''] }), true],
    ['as another account', after({ account: 'root' }), true],
    ['over another protocol', after({ protocol: 'kubernetes' }), true],
    ['under the name that its address has', after(other, { target: '10.0.0.9' }), true],
    ['where its host has another service', after({ ...other, target: 'web' }, { target: 'bastion' }), false],
    ['by the same run and route, so that what it may had changed', after({}), false],
    ['as the account that should have been named', after({ account: 'root' }, { denyReason: 'wrong-account' }), false],
    ['by a run that a person started since', after({ ...other, run: runAt(45) }), false],
    ['by a run under one that a person started since', after({ ...other, lineage: [runAt(45)] }), false],
    ['by another agent whose run was there before', after({ ...other, run: runAt(10) }), true],
    ['with a token that was renewed', after(other, { denyReason: 'expired' }), false],
    ['when the target was back', after(other, { denyReason: 'target-unreachable' }), false],
    ['somewhere else', after({ ...other, target: 'web', address: '10.0.0.11:22' }), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'refused_then_reached')).toBe(isFound))

  it('is quiet when the refusal came later', () => {
    const [reached, refused] = [ssh(other), refusal({ id: 'r', second: 90 })]
    const chain = aChain([db, refused, reached], [aTargetHop(db, refused), aTargetHop(db, reached)])
    expect(finds(chain, 'refused_then_reached')).toBe(false)
  })

  /** A run's id carries when it was started. */
  function runAt(second: number): string {
    const ms = (SOMETIME_US / 1000 + second * 1000).toString(16).padStart(12, '0')
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-8000-000000000009`
  }
})

describe('a deep chain that ends in bulk egress', () => {
  const deep = (last: Partial<AccessFacts>, isNew = true) => {
    const [b, c] = [ssh({ isFirstSeen: isNew }), cluster()]
    const d = anAccess({ id: 'd', second: 180, target: 'vault-db', ...last })
    return aChain([db, b, c, d], [aTargetHop(db, b), aHop(b, c), aHop(c, d)])
  }
  it.each<[string, ChainFacts, boolean]>([
    ['of bytes', deep({ bytes: 20_000_000 }), true],
    ['of rows', deep({ rows: 50_000 }), true],
    ['of files', deep({ bytes: 2_000_000, acts: ['download'] }), true],
    ['of little', deep({ bytes: 2_000_000 }), false],
    ['that crossed nothing', deep({ bytes: 20_000_000 }, false), false],
    ['too early', aChain([db, ssh({ bytes: 9e7 })], [aTargetHop(db, ssh({ isFirstSeen: true }))]), false],
  ])('%s', (_, chain, isFound) => expect(finds(chain, 'deep_bulk_egress')).toBe(isFound))
})

describe('recording that stopped', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['by a crash', { type: 'recording.gap', body: { reason: 'crash' } }, true],
    ['for want of a spool', { type: 'recording.gap', body: { reason: 'spool' } }, true],
    ['with the session', { type: 'session.ended', body: { reason: 'recording' } }, true],
    ['at a bound', { type: 'recording.gap', body: { reason: 'limit' } }, false],
    ['as the caller ended', { type: 'session.ended', body: { reason: 'client' } }, false],
  ])('%s', (_, fields, isFound) => expect(findsEvent(fields, 'recording_stopped')).toBe(isFound))

  it('or is in conflict pages, whatever window is declared', () => {
    const record = recordOfConflict({ session: 'S', seq: 4, tsUs: 7, target: 'shop-db', principal: 'agent-1' })
    const window = { targets: ['*'], from: '1970-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', reason: 'all' }
    const found = eventFindings(record).map((finding) => ({ finding, record, access: null }))
    const [alert] = alertsOfFindings(found, { ...defaultAlertPolicy, maintenance: [window] })
    expect(alert).toMatchObject({ response: 'page', severity: 'high', targets: ['shop-db'], chain: null })
  })
})

function eventFindings(record: RuleRecord): Finding[] {
  return RuleSet.of(rules).set.push(record)
}

function findsEvent(fields: Record<string, unknown>, name: string): boolean {
  const record = { ref: 'event:S/1', tsUs: SOMETIME_US, source: { product: 'hoptrace', category: 'event' }, fields }
  return eventFindings(record).some(({ rule }) => rule.name === `hoptrace_${name}`)
}
