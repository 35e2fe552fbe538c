import { canonicalAddress, canonicalHost, type DenyReason, type Grant, Observer, printable, sshFingerprint } from '@hoptrace/events'
import type { Recordings } from '../recording/recordings.ts'
import type { AccessControl, AccessRequest, Decision, Presented } from './access-control.ts'
import { RefusalBudget } from './refusal-budget.ts'
import type { Run } from './run-log.ts'
import type { RunRegistry, Standing } from './run-registry.ts'
import type { Target } from './target.ts'
import type { TargetDirectory } from './target-directory.ts'

/** The gateway itself, as what an access asked for. */
const CONTROL = 'hoptrace'

type Verdict = { kind: 'allow'; standing: Standing; target: Target; grant: Grant } | { kind: 'deny'; reason: DenyReason; message: string }

/** Decides on every access from the registry of runs and the directory of targets, and records the decision. */
export class GatewayAccess implements AccessControl {
  private readonly refusals = new RefusalBudget()

  constructor(
    private readonly runs: RunRegistry,
    private readonly targets: TargetDirectory,
    private readonly recordings: Recordings,
    private readonly spool: { readonly isFull: boolean } = { isFull: false },
  ) {}

  decide(request: AccessRequest): Decision {
    this.runs.expire()
    const verdict = this.judge(request)
    if (verdict.kind === 'deny') {
      this.refuse(request, verdict.reason, verdict.message)
      return verdict
    }
    const { target, grant, standing } = verdict
    const { id, principal, rootPrincipal, lineage } = standing.run
    const found = this.observe(request, target)
    const ref = { name: target.name, protocol: target.protocol, address: target.address, account: target.account }
    const who = { run: id, principal, rootPrincipal, lineage, origin: request.origin, target: ref }
    const recording = this.recordings.start(who, target.durability)
    const { protocol, asked, presented } = request
    const body = {
      decision: 'allow' as const,
      reason: null,
      asked: { protocol, ...bounded(asked) },
      method: presented.method,
      message: null,
    }
    recording.append('access.decided', body, found)
    return { kind: 'allow', run: standing.run, grant, target, recording }
  }

  refuse(request: AccessRequest, reason: DenyReason, message: string): void {
    const { protocol, asked, presented } = request
    const standing = this.standingOf(presented)
    if (!this.refusals.take(standing?.run.id ?? request.origin.address, this.recordings.clock.monotonicUs())) return
    const body = { decision: 'deny' as const, reason, asked: { protocol, ...bounded(asked) }, method: presented.method, message }
    const found = this.observe(request, this.targets.find(asked.target, protocol))
    this.recordings.note('access.decided', { ...body, ...deniedBy(request, standing) }, found)
  }

  /** Records a token that was presented to the gateway's own control endpoint, and is nobody's or of a run that has ended. */
  refuseControl(secret: string): void {
    const presented = { method: 'password', secret } as const
    const standing = this.standingOf(presented)
    const reason = standing === null ? 'unknown-token' : standing.state === 'revoked' ? 'revoked' : 'expired'
    const asked = { target: CONTROL, account: null, database: null }
    const origin = { address: '', port: 0, client: null }
    this.refuse({ protocol: 'http', presented, asked, origin }, reason, 'refused by the control endpoint')
  }

  /** Records that a run asked to delegate what it may not. */
  refuseMint(run: Run, grant: Grant, message: string): void {
    if (!this.refusals.take(run.id, this.recordings.clock.monotonicUs())) return
    const { id, principal, rootPrincipal, lineage } = run
    const asked = { protocol: grant.protocol, target: grant.target, account: null, database: null }
    const by = { run: id, principal, rootPrincipal, lineage }
    this.recordings.note('access.decided', { decision: 'deny', reason: 'not-granted', asked, method: 'bearer', message, by })
  }

  /** Says how many refusals were not recorded one by one. Called on a timer. */
  tellUnrecorded(): void {
    const count = this.refusals.drain()
    if (count === 0) return
    const message = `${count} refused attempts were not recorded one by one: their callers were refused too often`
    this.recordings.note('recording.gap', { reason: 'limit', message, fromSeq: null })
  }

  isKnownKey(keyBlob: Buffer): boolean {
    return this.runs.findByKey(sshFingerprint(keyBlob)) !== null
  }

  private judge({ protocol, presented, asked }: AccessRequest): Verdict {
    if (presented.method === 'none') return deny('no-credential', 'no run token was presented')
    const standing = this.standingOf(presented)
    if (!standing) return deny('unknown-token', 'the run token is not known')
    if (standing.state === 'revoked') return deny('revoked', 'the run was revoked')
    if (!this.runs.isLive(standing)) return deny('expired', 'the run has expired')
    const target = this.targets.find(asked.target, protocol)
    if (!target) return deny('unknown-target', `there is no ${protocol} target of that name`)
    const grant = standing.run.grants.find((held) => held.target === target.name && held.protocol === protocol)
    if (!grant) return deny('not-granted', `the run has no grant for ${target.name} over ${protocol}`)
    if (asked.account !== null && asked.account !== target.account) {
      return deny('wrong-account', `${target.name} is reached as ${target.account}`)
    }
    if (this.recordings.isFull) return deny('recording-unavailable', 'the gateway records as many sessions as it can')
    const down = this.recordings.downBecause
    if (down !== null && target.durability !== 'best-effort') return deny('recording-unavailable', 'this access cannot be recorded now')
    if (this.spool.isFull && target.durability !== 'best-effort') return deny('recording-unavailable', 'the spool is full')
    return { kind: 'allow', standing, target, grant }
  }

  private standingOf(presented: Presented): Standing | null {
    if (presented.method === 'password') return this.runs.findByToken(presented.secret)
    if (presented.method === 'publickey') return this.runs.findByKey(sshFingerprint(presented.keyBlob))
    return null
  }

  // What was tried is digested, and where it wanted to go, by every name that an answer may have named it.
  private observe({ presented, asked }: AccessRequest, target: Target | null) {
    const observer = new Observer(this.recordings.digestKey)
    if (presented.method === 'password') observer.presented(presented.secret)
    if (presented.method === 'publickey') {
      observer.add({ kind: 'key', canonical: sshFingerprint(presented.keyBlob), offset: 0 }, 'presented', '')
    }
    const names = target ? [target.name, ...target.aliases, hostOf(target.address)] : [asked.target]
    for (const name of names) {
      const address = canonicalAddress(name)
      const host = address ? null : canonicalHost(name)
      if (address) observer.add({ kind: 'address', canonical: address, offset: 0 }, 'target', '/asked/target')
      if (host) observer.add({ kind: 'host', canonical: host, offset: 0 }, 'target', '/asked/target')
    }
    return observer.result()
  }
}

function deny(reason: DenyReason, message: string): Verdict {
  return { kind: 'deny', reason, message }
}

// What a stranger sends before it is known is cut short and free of controls.
function bounded(asked: AccessRequest['asked']): AccessRequest['asked'] {
  const cut = (text: string) => printable(printable(text).slice(0, 256))
  return {
    target: cut(asked.target),
    account: asked.account === null ? null : cut(asked.account),
    database: asked.database === null ? null : cut(asked.database),
  }
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'))
}

// The boot stream belongs to nobody: whose run it was, and from where, stands in the body.
function deniedBy(request: AccessRequest, standing: Standing | null) {
  const { run } = standing ?? { run: null }
  return {
    // The control endpoint does not know it: unknown is not one place that all of them share.
    ...(request.origin.address === '' ? {} : { origin: request.origin }),
    by: run ? { run: run.id, principal: run.principal, rootPrincipal: run.rootPrincipal, lineage: run.lineage } : null,
  }
}
