import { uuidv7Millis } from '@hoptrace/events'
import type { RunDetail, RunState, RunSummary } from '../contract/index.ts'
import type { GatewayClient, GatewayRun } from '../gateway/gateway-client.ts'
import { instantOf } from '../http/instant.ts'
import { maskText } from '../masking/mask-text.ts'
import { MAX_RUNS, type RunCounts, type RunsQueries, type StartedRecord } from './runs.queries.ts'

type Revocation = { ts: string; by: string; reason: string }

/** Runs as the store recorded them, with the state that the gateway knows. */
export class RunList {
  constructor(
    private readonly recorded: RunsQueries,
    private readonly gateway: GatewayClient,
    private readonly nowUs: () => bigint,
  ) {}

  /** Newest first. */
  async all(): Promise<{ runs: RunSummary[]; revocations: ReadonlyMap<string, Revocation> }> {
    const [records, revocations, counts, atGateway] = await Promise.all([
      this.recorded.all(),
      this.recorded.revocations(),
      this.recorded.counts(),
      this.gateway.runsIfReachable(),
    ])
    const live = new Map(atGateway?.map((run) => [run.id, run]))
    const known = new Set(records.map((record) => record.runId))
    const runs = records.map((record) => {
      const own = live.get(record.runId)
      if (own) return summaryOfGatewayRun(own, counts.get(own.id))
      return summaryOfRecord(record, this.stateOf(record, revocations), counts.get(record.runId))
    })
    // Minted a moment ago, and not ingested yet.
    for (const run of live.values()) if (!known.has(run.id)) runs.push(summaryOfGatewayRun(run, counts.get(run.id)))
    runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.id < b.id ? 1 : -1))
    return { runs: runs.slice(0, MAX_RUNS), revocations }
  }

  /** Null for an unknown run. Without its command lines, which only the gateway's listeners tell. */
  async find(id: string): Promise<Omit<RunDetail, 'commands'> | null> {
    const { runs, revocations } = await this.all()
    const run = runs.find((candidate) => candidate.id === id)
    if (!run) return null
    const revoked = revocations.get(id)
    return {
      ...run,
      revocation: revoked ? { at: instantOf(revoked.ts), by: revoked.by, reason: maskText(revoked.reason) } : null,
      parents: run.lineage.flatMap((parent) => runs.find((candidate) => candidate.id === parent) ?? []),
      children: runs.filter((candidate) => candidate.lineage.includes(id)),
    }
  }

  private stateOf(record: StartedRecord, revocations: ReadonlyMap<string, Revocation>): RunState {
    if (revocations.has(record.runId)) return 'revoked'
    return BigInt(record.expiresAt) <= this.nowUs() ? 'expired' : 'unknown'
  }
}

export function summaryOfGatewayRun(run: GatewayRun, counts: RunCounts = NONE): RunSummary {
  return { ...run, task: maskText(run.task), startedAt: instantOf(run.startedAt), expiresAt: instantOf(run.expiresAt), ...counts }
}

function summaryOfRecord(record: StartedRecord, state: RunState, counts: RunCounts = NONE): RunSummary {
  const { runId: id, principal, rootPrincipal, lineage, agent, task, owner, grants } = record
  const startedAt = instantOf(BigInt(uuidv7Millis(id)) * 1000n)
  const who = { id, principal, rootPrincipal, lineage, agent, task: maskText(task), owner, grants }
  return { ...who, startedAt, expiresAt: instantOf(record.expiresAt), state, openSessions: null, ...counts }
}

const NONE: RunCounts = { sessions: 0, denials: 0 }
