import type { Store } from '@hoptrace/store'
import { instant } from '../../instant.ts'
import { livedIn, type RecordedRun, recordedRuns, said } from '../population/runs.ts'
import type { Requester, Scope } from '../scope.ts'
import type { TableRow } from '../table.ts'

export const grantColumns = [
  'run',
  'principal',
  'rootPrincipal',
  'target',
  'protocol',
  'grant',
  'grantedBy',
  'from',
  'until',
  'recordedIn',
  'recordedSeq',
  'hash',
] as const
export const revocationColumns = ['run', 'principal', 'rootPrincipal', 'at', 'by', 'reason', 'recordedIn', 'recordedSeq', 'hash'] as const

/** What each run might reach, one grant a row. `grantedBy`: the run that delegated it, or the owner. */
export async function* grantsOf(
  store: Store,
  requester: Requester,
  scope: Scope,
  madeAtUs: number,
): AsyncGenerator<TableRow<(typeof grantColumns)[number]>> {
  for await (const run of membersOf(store, requester, scope, madeAtUs)) {
    const { principal, rootPrincipal, lineage, owner, grants } = run.started.body
    for (const grant of grants) {
      yield {
        run: run.id,
        principal,
        rootPrincipal,
        target: grant.target,
        protocol: grant.protocol,
        grant,
        grantedBy: lineage.at(-1) ?? owner,
        from: instant(String(run.startUs)),
        until: instant(String(run.endUs)),
        recordedIn: run.started.sessionId,
        recordedSeq: run.started.seq,
        hash: run.started.hash,
      }
    }
  }
}

export async function* revocationsOf(
  store: Store,
  requester: Requester,
  scope: Scope,
  madeAtUs: number,
): AsyncGenerator<TableRow<(typeof revocationColumns)[number]>> {
  for await (const run of membersOf(store, requester, scope, madeAtUs)) {
    if (!run.revoked) continue
    const { principal, rootPrincipal } = run.started.body
    const { ts, body, sessionId, seq, hash } = run.revoked
    yield {
      run: run.id,
      principal,
      rootPrincipal,
      at: instant(ts),
      by: body.by,
      reason: said(body.reason, requester),
      recordedIn: sessionId,
      recordedSeq: seq,
      hash,
    }
  }
}

async function* membersOf(store: Store, { tenant }: Requester, { span, members }: Scope, madeAtUs: number): AsyncGenerator<RecordedRun> {
  for await (const run of recordedRuns(store, tenant, madeAtUs)) {
    if (members === null ? livedIn(run, span) : members.runs.has(run.id)) yield run
  }
}
