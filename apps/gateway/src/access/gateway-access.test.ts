import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestValue } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { aDigestKey, anOrigin, aSpoolDir, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'
import { GatewayAccess } from './gateway-access.ts'
import { MintRequest } from './mint.ts'
import { announceRuns } from './run-announcer.ts'
import { RunLog, type RunLogEntry } from './run-log.ts'
import { RunRegistry } from './run-registry.ts'
import { Target } from './target.ts'
import { TargetDirectory } from './target-directory.ts'

const orders = Target.parse({
  name: 'orders',
  aliases: ['orders.internal'],
  protocol: 'postgres',
  address: '127.0.0.2:5432',
  account: 'app',
  database: 'orders',
  password: { env: 'ORDERS_PASSWORD' },
})

/** A clock that tests move. */
function aClock() {
  let nowUs = 1_700_000_000_000_000
  return { wallUs: () => nowUs, monotonicUs: () => nowUs, advance: (seconds: number) => (nowUs += seconds * 1_000_000) }
}

/** A log whose disk tests fill. */
class FullableLog extends RunLog {
  isFull = false
  override append(...entries: RunLogEntry[]): void {
    if (this.isFull) throw new Error('ENOSPC: no space left on device, write')
    super.append(...entries)
  }
}

function aGate() {
  const dir = aSpoolDir()
  const logPath = join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log')
  const clock = aClock()
  const recordings = openRecordings(dir)
  const log = new FullableLog(logPath)
  const runs = new RunRegistry(log, clock, randomBytes)
  announceRuns(runs, recordings)
  const spool = { isFull: false }
  const spare = Target.parse({ ...orders, name: 'spare', aliases: [], durability: 'best-effort' })
  const access = new GatewayAccess(runs, new TargetDirectory([orders, spare]), recordings, spool)
  const operator = { kind: 'operator', name: 'ana' } as const
  const request = {
    principal: 'agent-a',
    task: 'count orders',
    ttlSeconds: 600,
    grants: [{ target: 'orders', protocol: 'postgres' as const }],
  }
  const start = () => {
    const { minted, token } = runs.mint(request, operator)
    if (minted.kind !== 'run') throw new Error(minted.message)
    return { run: minted.run, token }
  }
  const ask = (secret: string, asked: { target?: string; account?: string | null } = {}) =>
    access.decide({
      protocol: 'postgres',
      presented: { method: 'password', secret },
      asked: { target: 'orders', account: 'app', database: null, ...asked },
      origin: anOrigin,
    })
  return { dir, logPath, log, clock, recordings, spool, runs, access, start, ask, request }
}

describe('access', () => {
  it('opens a recording under the identity that the token proves', async () => {
    const gate = aGate()
    const { run, token } = gate.start()
    const decision = gate.ask(token)
    expect(decision).toMatchObject({ kind: 'allow', run: { id: run.id }, target: { name: 'orders' } })
    await gate.recordings.close()
    const allowed = eventsIn(gate.dir).find((event) => event.type === 'access.decided')
    expect(allowed).toMatchObject({ run: run.id, principal: 'agent-a', rootPrincipal: 'agent-a', body: { decision: 'allow' } })
  })

  it('is refused while the spool is full, but where access goes on whatever can be recorded', () => {
    const gate = aGate()
    const grants = ['orders', 'spare'].map((target) => ({ target, protocol: 'postgres' as const }))
    const { token } = gate.runs.mint({ ...gate.request, grants }, { kind: 'operator', name: 'ana' })
    const before = gate.ask(token)
    gate.spool.isFull = true
    expect(gate.ask(token)).toMatchObject({ kind: 'deny', reason: 'recording-unavailable' })
    expect(gate.ask(token, { target: 'spare' }).kind).toBe('allow')
    const seq = before.kind === 'allow' && before.recording.append('terminal.resize', { channel: 0, cols: 80, rows: 24 })
    expect(seq).toBe(1)
    gate.spool.isFull = false
    expect(gate.ask(token).kind).toBe('allow')
  })

  it('finds a target by its alias', () => {
    const gate = aGate()
    expect(gate.ask(gate.start().token, { target: 'Orders.Internal' }).kind).toBe('allow')
  })

  it.each([
    ['unknown-token', {}, 'hop_not-a-token'],
    ['unknown-target', { target: 'payroll' }, null],
    ['wrong-account', { account: 'postgres' }, null],
  ] as const)('refuses with %s and records what was asked for, with the digest of the secret', async (reason, asked, secret) => {
    const gate = aGate()
    const { token } = gate.start()
    const tried = secret ?? token
    expect(gate.ask(tried, asked)).toMatchObject({ kind: 'deny', reason })
    await gate.recordings.close()
    const denied = eventsIn(gate.dir).find((event) => event.type === 'access.decided')
    expect(denied?.body).toMatchObject({ decision: 'deny', reason, asked: { target: 'orders', account: 'app', ...asked } })
    expect(denied?.observables).toContainEqual(
      expect.objectContaining({ kind: 'credential', role: 'presented', digest: digestValue(aDigestKey, 'credential', tried) }),
    )
    expect(JSON.stringify(eventsIn(gate.dir))).not.toContain(tried)
  })

  it.each([
    ['is refused', 'hop_not-a-token'],
    ['is let in', null],
  ])('records an attempt that %s under a name which ends in half a character', async (_, secret) => {
    const gate = aGate()
    const database = `${'a'.repeat(255)}\u{1f600}`
    const { token } = gate.start()
    const asked = { target: secret ? database : 'orders', account: 'app', database }
    const presented = { method: 'password', secret: secret ?? token } as const
    const decision = gate.access.decide({ protocol: 'postgres', presented, asked, origin: anOrigin })
    expect(decision.kind).toBe(secret ? 'deny' : 'allow')
    await gate.recordings.close()
    const decided = eventsIn(gate.dir).find((event) => event.type === 'access.decided')
    expect(decided?.body).toMatchObject({ asked: { database: `${'a'.repeat(255)}\ufffd` } })
  })

  it('records 300 refusals a minute of one address, counts the rest, and goes on recording those of others', async () => {
    const gate = aGate()
    const { token } = gate.start()
    const from = (address: string, secret: string) =>
      gate.access.decide({
        protocol: 'postgres',
        presented: { method: 'password', secret },
        asked: { target: 'payroll', account: 'app', database: null },
        origin: { ...anOrigin, address },
      })
    for (let n = 0; n < 1000; n++) from('10.0.0.1', `guess-${n}`)
    from('10.0.0.2', 'another')
    from('10.0.0.1', token)
    gate.access.tellUnrecorded()
    gate.access.tellUnrecorded()
    await gate.recordings.close()
    const events = eventsIn(gate.dir)
    expect(events.filter((event) => event.type === 'access.decided')).toHaveLength(302)
    const gaps = events.filter((event) => event.type === 'recording.gap')
    expect(gaps.map((event) => event.body)).toEqual([
      expect.objectContaining({ reason: 'limit', message: expect.stringContaining('700 refused attempts') }),
    ])
  })

  it('refuses what the run has no grant for', () => {
    const gate = aGate()
    const { minted, token } = gate.runs.mint({ ...gate.request, grants: [] }, { kind: 'operator', name: 'ana' })
    expect(minted.kind).toBe('run')
    expect(gate.ask(token)).toMatchObject({ kind: 'deny', reason: 'not-granted' })
  })

  it('refuses an expired run and ends its open sessions', async () => {
    const gate = aGate()
    const { token } = gate.start()
    const decision = gate.ask(token)
    if (decision.kind === 'deny') throw new Error(decision.message)
    let order: string | null = null
    decision.recording.onStop((stop) => {
      order = stop.reason
    })
    gate.clock.advance(601)
    expect(gate.ask(token)).toMatchObject({ kind: 'deny', reason: 'expired' })
    expect(order).toBe('expired')
  })

  it('revokes a run with its descendants and ends their open sessions at once', () => {
    const gate = aGate()
    const parent = gate.start()
    const child = gate.runs.mint({ ...gate.request, principal: 'agent-b', ttlSeconds: 60 }, { kind: 'run', run: parent.run })
    const decision = gate.ask(child.token)
    if (decision.kind === 'deny') throw new Error(decision.message)
    const orders: string[] = []
    decision.recording.onStop((stop) => orders.push(stop.reason))
    expect(gate.runs.revoke(parent.run.id, 'ana', 'misdirected')).toHaveLength(2)
    expect(orders).toEqual(['revoked'])
    expect(gate.ask(child.token)).toMatchObject({ kind: 'deny', reason: 'revoked' })
  })

  it('ends the sessions of a revoked run even when the revocation cannot be written, and writes it once it can', () => {
    const gate = aGate()
    const { run, token } = gate.start()
    const decision = gate.ask(token)
    if (decision.kind === 'deny') throw new Error(decision.message)
    const orders: string[] = []
    decision.recording.onStop((stop) => orders.push(stop.reason))
    gate.log.isFull = true
    expect(() => gate.runs.revoke(run.id, 'ana', '')).toThrow('ENOSPC')
    expect(orders).toEqual(['revoked'])
    expect(gate.ask(token)).toMatchObject({ kind: 'deny', reason: 'revoked' })
    expect(() => gate.runs.expire()).not.toThrow()
    gate.log.isFull = false
    gate.runs.expire()
    expect(new RunRegistry(new RunLog(gate.logPath), gate.clock, randomBytes).findByToken(token)).toMatchObject({ state: 'revoked' })
  })

  it('expires runs when that cannot be written', () => {
    const gate = aGate()
    const { token } = gate.start()
    gate.log.isFull = true
    gate.clock.advance(601)
    expect(gate.ask(token)).toMatchObject({ kind: 'deny', reason: 'expired' })
  })

  it('remembers runs and revocations after a restart', () => {
    const gate = aGate()
    const kept = gate.start()
    const revoked = gate.start()
    gate.runs.revoke(revoked.run.id, 'ana', '')
    const again = new RunRegistry(new RunLog(gate.logPath), gate.clock, randomBytes)
    expect(again.findByToken(kept.token)).toMatchObject({ state: 'live', run: { id: kept.run.id } })
    expect(again.findByToken(revoked.token)).toMatchObject({ state: 'revoked' })
  })
})

describe('a child run', () => {
  it('takes its root principal and lineage from the token that minted it', () => {
    const gate = aGate()
    const parent = gate.start()
    const { minted } = gate.runs.mint({ ...gate.request, principal: 'agent-b', ttlSeconds: 60 }, { kind: 'run', run: parent.run })
    expect(minted).toMatchObject({ run: { principal: 'agent-b', rootPrincipal: 'agent-a', lineage: [parent.run.id] } })
  })

  it('cannot claim a lineage', () => {
    const gate = aGate()
    const forged = { ...gate.request, rootPrincipal: 'ana', lineage: ['019aa0c0-0000-7000-8000-0000000000a1'] }
    const { minted } = gate.runs.mint(forged, { kind: 'operator', name: 'ana' })
    expect(minted).toMatchObject({ run: { rootPrincipal: 'agent-a', lineage: [] } })
  })

  it('gets no grant that its parent lacks, no forwarding either', () => {
    const gate = aGate()
    const parent = gate.start()
    const minter = { kind: 'run', run: parent.run } as const
    for (const grant of [
      { target: 'payroll', protocol: 'postgres' as const },
      { target: 'orders', protocol: 'ssh' as const },
      { target: 'orders', protocol: 'postgres' as const, forward: true },
    ]) {
      expect(gate.runs.mint({ ...gate.request, ttlSeconds: 60, grants: [grant] }, minter).minted).toMatchObject({
        reason: 'grant-not-held',
      })
    }
  })

  it('cannot outlive its parent', () => {
    const gate = aGate()
    const parent = gate.start()
    const { minted } = gate.runs.mint({ ...gate.request, ttlSeconds: 601 }, { kind: 'run', run: parent.run })
    expect(minted).toMatchObject({ kind: 'refused', reason: 'outlives-parent' })
  })

  it('cannot take over the key of a run that lives', () => {
    const gate = aGate()
    const sshPublicKey = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 1)]).toString('base64')}`
    const operator = { kind: 'operator', name: 'ana' } as const
    const victim = gate.runs.mint({ ...gate.request, principal: 'victim', sshPublicKey }, operator)
    const { run } = gate.start()
    const thief = gate.runs.mint({ ...gate.request, ttlSeconds: 60, sshPublicKey }, { kind: 'run', run })
    expect(thief.minted).toMatchObject({ kind: 'refused', reason: 'key-in-use' })
    if (victim.minted.kind !== 'run') throw new Error(victim.minted.message)
    gate.runs.revoke(victim.minted.run.id, 'ana', '')
    expect(gate.runs.mint({ ...gate.request, sshPublicKey }, operator).minted.kind).toBe('run')
  })

  it('stands at most 32 deep, so that its events hold its lineage', () => {
    const gate = aGate()
    let { run } = gate.start()
    const mintNext = () => gate.runs.mint({ ...gate.request, ttlSeconds: 600 }, { kind: 'run', run }).minted
    for (let depth = 1; depth <= 32; depth++) {
      const minted = mintNext()
      if (minted.kind !== 'run') throw new Error(minted.message)
      run = minted.run
    }
    expect(run.lineage).toHaveLength(32)
    expect(mintNext()).toMatchObject({ kind: 'refused', reason: 'too-many-runs' })
  })

  it.each([
    ['task', { task: 'lone \ud800' }],
    ['owner', { owner: '\udfff' }],
    ['agent', { agent: { template: 'worker', version: '\ud800' } }],
  ])('has no %s that no event could hold', (_, part) => {
    expect(MintRequest.safeParse({ ...aGate().request, ...part }).success).toBe(false)
  })
})
