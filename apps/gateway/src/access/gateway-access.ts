import type { Run } from '@hoptrace/events'
import {
  canonicalAddress,
  canonicalHost,
  type DenyReason,
  type Grant,
  grantAllows,
  grantText,
  Observer,
  printable,
  sshFingerprint,
} from '@hoptrace/events'
import type { Recordings } from '../recording/recordings.ts'
import {
  type AccessControl,
  type AccessRequest,
  type Admission,
  type Admitted,
  type Decision,
  type Opened,
  type Presented,
  presentedToken,
  type Refusal,
} from './access-control.ts'
import type { KnownRuns } from './known-runs.ts'
import { RefusalBudget } from './refusal-budget.ts'
import type { Standing } from './run-set.ts'
import { withoutRunTokens } from './run-token.ts'
import type { Target } from './target.ts'
import type { TargetDirectory } from './target-directory.ts'

/** The gateway itself, as what an access asked for. */
const CONTROL = 'hoptrace'
const MAX_ACTION = 1024

/** Decides on every access from the registry of runs and the directory of targets, and records the decision. */
export class GatewayAccess implements AccessControl {
  private readonly refusals = new RefusalBudget()

  constructor(
    private readonly runs: KnownRuns,
    private readonly targets: TargetDirectory,
    private readonly recordings: Recordings,
    private readonly spool: { readonly isFull: boolean } = { isFull: false },
  ) {}

  decide(request: AccessRequest): Decision {
    const admission = this.admit(request)
    if (admission.kind === 'deny') return admission
    const opened = this.open(request, admission)
    return opened.kind === 'deny' ? opened : { ...admission, recording: opened.recording }
  }

  admit(request: AccessRequest): Admission {
    return this.recorded(request, this.judge(request))
  }

  open(request: AccessRequest, { run, target }: Admitted): Opened {
    const unrecordable = this.unrecordable(target)
    if (unrecordable !== null) return this.recorded(request, deny('recording-unavailable', unrecordable))
    const { id, principal, rootPrincipal, lineage } = run
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
    return { kind: 'open', recording }
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
    const action = `delegate ${grantText(grant)}`
    const asked = { protocol: grant.protocol, ...bounded({ target: grant.target, account: null, database: null, action }) }
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

  private recorded<T extends Admission | Refusal>(request: AccessRequest, decided: T): T {
    if (decided.kind === 'deny') this.refuse(request, decided.reason, decided.message)
    return decided
  }

  private judge(request: AccessRequest): Admission {
    const { protocol, presented, asked } = request
    const standing = this.liveStanding(presented)
    if ('kind' in standing) return standing
    const target = this.targets.find(asked.target, protocol)
    if (!target) return deny('unknown-target', `there is no ${protocol} target of that name`)
    const held = standing.run.grants.filter((grant) => grant.target === target.name && grant.protocol === protocol)
    if (held.length === 0) return deny('not-granted', `the run has no grant for ${target.name} over ${protocol}`)
    if (asked.account !== null && asked.account !== target.account) {
      return deny('wrong-account', `${target.name} is reached as ${target.account}`)
    }
    const grant = held.find((one) => grantAllows(one, asked.scope))
    if (!grant) return deny('not-granted', `the run's grant for ${target.name} does not include this`)
    return { kind: 'allow', run: standing.run, grant, target }
  }

  private liveStanding(presented: Presented): Standing | Refusal {
    if (presented.method === 'none') return deny('no-credential', 'no run token was presented')
    if (!this.runs.isFresh) return deny('runs-stale', 'this gateway cannot tell now which runs are revoked')
    const standing = this.standingOf(presented)
    if (!standing) return deny('unknown-token', 'the run token is not known')
    if (standing.state === 'revoked') return deny('revoked', 'the run was revoked')
    if (this.runs.isLive(standing)) return standing
    this.runs.expire()
    return deny('expired', 'the run has expired')
  }

  /** Why no recording can be opened now; null where one can. */
  private unrecordable({ durability }: Target): string | null {
    if (this.recordings.isFull) return 'the gateway records as many sessions as it can'
    if (durability === 'best-effort') return null
    if (this.recordings.downBecause !== null) return 'this access cannot be recorded now'
    return this.spool.isFull ? 'the spool is full' : null
  }

  private standingOf(presented: Presented): Standing | null {
    if (presented.method === 'publickey') return this.runs.findByKey(sshFingerprint(presented.keyBlob))
    const token = presentedToken(presented)
    return token === null ? null : this.runs.findByToken(token)
  }

  // What was tried is digested, and where it wanted to go, by every name that an answer may have named it.
  private observe({ presented, asked }: AccessRequest, target: Target | null) {
    const observer = new Observer(this.recordings.digestKey)
    const token = presentedToken(presented)
    if (token !== null) observer.presented(token)
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

function deny(reason: DenyReason, message: string): Refusal {
  return { kind: 'deny', reason, message }
}

// What a stranger sends before it is known is cut short and free of controls, and a run token in the wrong place is not told.
function bounded(asked: AccessRequest['asked']) {
  const cut = (text: string, length = 256) => printable(withoutRunTokens(printable(text)).slice(0, length))
  return {
    target: cut(asked.target),
    account: asked.account === null ? null : cut(asked.account),
    database: asked.database === null ? null : cut(asked.database),
    ...(asked.action === undefined ? {} : { action: cut(asked.action, MAX_ACTION) }),
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
