import { DeadLetters, type Store } from '@hoptrace/store'
import { Controller, Get, Inject } from '@nestjs/common'
import { policyOf } from '../alerts/alert-policy.ts'
import { queueOf } from '../alerts/queue-answer.ts'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import type { ApiOptions } from '../api-options.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { summaryOfChain } from '../chains/chain-answer.ts'
import type { ChainsQueries } from '../chains/chains.queries.ts'
import { type Me, Triage } from '../contract/index.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import type { RecentConflicts } from '../health/recent-conflicts.ts'
import { Describes } from '../http/describes.ts'
import { instantOf } from '../http/instant.ts'
import type { RunList } from '../runs/run-list.ts'
import { summaryOf } from '../sessions/session-row.ts'
import type { SessionsQueries } from '../sessions/sessions.queries.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, API_OPTIONS, CHAINS, GATEWAY, RECENT_CONFLICTS, RUNS, SESSIONS, TRIAGE, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { recentDenials } from './denials.queries.ts'
import { recordingState } from './recording-state.ts'
import type { TriageQueries } from './triage.queries.ts'

const DAY_US = 86_400_000_000
const SHOWN = 20

@Controller('api/v1/triage')
export class TriageController {
  private readonly store: Store

  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(TRIAGE) private readonly triage: PerTenant<TriageQueries>,
    @Inject(RUNS) private readonly runs: PerTenant<RunList>,
    @Inject(SESSIONS) private readonly sessions: PerTenant<SessionsQueries>,
    @Inject(CHAINS) private readonly chains: PerTenant<ChainsQueries>,
    @Inject(GATEWAY) private readonly gateways: PerTenant<GatewayClient>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
    @Inject(RECENT_CONFLICTS) private readonly conflicts: PerTenant<RecentConflicts>,
  ) {
    this.store = options.store
  }

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'What needs a person now', answer: Triage })
  async show(@Viewer() me: Me): Promise<Triage> {
    const nowMs = Date.now()
    const { tenant } = me
    const [recording, { runs }, open, denials, chains, alerts] = await Promise.all([
      this.recording(tenant, nowMs),
      this.runs.of(tenant).all(),
      this.sessions.of(tenant).open(SHOWN),
      recentDenials(this.store, tenant, nowMs * 1000 - DAY_US, SHOWN),
      this.chains.of(tenant).list({ limit: SHOWN }, { fromUs: nowMs * 1000 - DAY_US, toUs: (nowMs + 1) * 1000 }),
      queueOf(this.alerts.of(tenant), policyOf(this.options).budgetPerDay, nowMs * 1000, may(me, 'content')),
    ])
    await this.views.record(me, { resource: 'triage', id: '', span: 'summary', isContent: false })
    const liveRuns = runs.filter((run) => run.state === 'live')
    return {
      now: instantOf(BigInt(nowMs) * 1000n),
      recording,
      liveRuns,
      openSessions: open.map(summaryOf),
      denials,
      chains: chains.slice(0, SHOWN).map((row) => summaryOfChain(row, may(me, 'content'))),
      alerts,
    }
  }

  private async recording(tenant: string, nowMs: number): Promise<Triage['recording']> {
    const triage = this.triage.of(tenant)
    const [gateways, gaps, deadLetters, conflicts, gatewayProblem, { ingestedTo, analysedTo }] = await Promise.all([
      triage.gateways(nowMs),
      triage.gaps(nowMs),
      new DeadLetters(this.store).countOpen(tenant),
      this.conflicts.of(tenant).at(nowMs),
      this.gateways.of(tenant).problem(),
      triage.reached(),
    ])
    const state = recordingState({ gateways, gaps, deadLetters, conflicts, gatewayProblem })
    const instant = (us: string | null) => (us === null ? null : instantOf(us))
    return { ...state, gateways, gaps, deadLetters, conflicts, ingestedTo: instant(ingestedTo), analysedTo: instant(analysedTo) }
  }
}
