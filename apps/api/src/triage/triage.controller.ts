import { DeadLetters, type Store } from '@hoptrace/store'
import { Controller, Get, Inject } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { summaryOfChain } from '../chains/chain-answer.ts'
import type { ChainsQueries } from '../chains/chains.queries.ts'
import { type Me, Triage } from '../contract/index.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { Describes } from '../http/describes.ts'
import { instantOf } from '../http/instant.ts'
import type { RunList } from '../runs/run-list.ts'
import { summaryOf } from '../sessions/session-row.ts'
import type { SessionsQueries } from '../sessions/sessions.queries.ts'
import { API_OPTIONS, CHAINS, GATEWAY, RUNS, SESSIONS, TRIAGE, VIEW_LOG } from '../tokens.ts'
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
    @Inject(TRIAGE) private readonly triage: TriageQueries,
    @Inject(RUNS) private readonly runs: RunList,
    @Inject(SESSIONS) private readonly sessions: SessionsQueries,
    @Inject(CHAINS) private readonly chains: ChainsQueries,
    @Inject(GATEWAY) private readonly gateway: GatewayClient,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {
    this.store = options.store
  }

  @Get()
  @Describes({ summary: 'What needs a person now', answer: Triage })
  async show(@Viewer() { viewer }: Me): Promise<Triage> {
    const nowMs = Date.now()
    const [recording, { runs }, open, denials, chains] = await Promise.all([
      this.recording(nowMs),
      this.runs.all(),
      this.sessions.open(SHOWN),
      recentDenials(this.store, this.options.tenant, nowMs * 1000 - DAY_US, SHOWN),
      this.chains.list({ limit: SHOWN }, { fromUs: nowMs * 1000 - DAY_US, toUs: (nowMs + 1) * 1000 }),
    ])
    await this.views.record({ viewer, resource: 'triage', id: '', span: 'summary', isContent: false })
    const liveRuns = runs.filter((run) => run.state === 'live')
    return {
      now: instantOf(BigInt(nowMs) * 1000n),
      recording,
      liveRuns,
      openSessions: open.map(summaryOf),
      denials,
      chains: chains.slice(0, SHOWN).map(summaryOfChain),
    }
  }

  private async recording(nowMs: number): Promise<Triage['recording']> {
    const [gateways, gaps, deadLetters, gatewayProblem, { ingestedTo, analysedTo }] = await Promise.all([
      this.triage.gateways(nowMs),
      this.triage.gaps(nowMs),
      new DeadLetters(this.store).count(this.options.tenant),
      this.gateway.problem(),
      this.triage.reached(),
    ])
    const state = recordingState({ gateways, gaps, deadLetters, gatewayProblem })
    const instant = (us: string | null) => (us === null ? null : instantOf(us))
    return { ...state, gateways, gaps, deadLetters, ingestedTo: instant(ingestedTo), analysedTo: instant(analysedTo) }
  }
}
