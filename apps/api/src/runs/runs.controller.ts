import { Uuid } from '@hoptrace/events'
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import {
  type Me,
  RevokedRuns,
  RevokeRunRequest,
  RunDetail,
  RunsPage,
  RunsQuery,
  StartedRun,
  StartRunRequest,
  type TargetInfo,
} from '../contract/index.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { GATEWAY, RUNS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { clientCommands } from './client-commands.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { type RunList, summaryOfGatewayRun } from './run-list.ts'

type Clients = Pick<StartedRun, 'commands' | 'listeners'> & { targets: readonly TargetInfo[] }

@Controller('api/v1/runs')
export class RunsController {
  constructor(
    @Inject(RUNS) private readonly runs: PerTenant<RunList>,
    @Inject(GATEWAY) private readonly gateways: PerTenant<GatewayClient>,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Agent runs, newest first', query: RunsQuery, answer: RunsPage })
  async list(@Viewer() me: Me, @Query(valid(RunsQuery)) query: RunsQuery): Promise<RunsPage> {
    const { runs } = await this.runs.of(me.tenant).all()
    const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string()]))
    const matching = runs.filter(
      (run) =>
        (query.state === undefined || run.state === query.state) &&
        (query.principal === undefined || run.principal === query.principal) &&
        (after === null || run.startedAt < after[0] || (run.startedAt === after[0] && run.id < after[1])),
    )
    await this.views.record(me, { resource: 'runs', id: '', span: after ? 'a later page' : 'first page', isContent: false })
    return cutPage(matching, query.limit, (last) => [last.startedAt, last.id])
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({ summary: 'One run, with its lineage and what it may reach', answer: RunDetail })
  async show(@Viewer() me: Me, @Param('id', validId(Uuid, 'run')) id: string): Promise<RunDetail> {
    const run = await this.runs.of(me.tenant).find(id)
    if (!run) throw notFound('run')
    await this.views.record(me, { resource: 'run', id, span: 'summary', isContent: false })
    return { ...run, commands: (await this.clients(me.tenant, run.grants)).commands }
  }

  @Post()
  @HttpCode(201)
  @Needs('operate')
  @Describes({ summary: 'Start a root run', body: StartRunRequest, answer: StartedRun, status: 201 })
  async start(@Viewer() me: Me, @Body(valid(StartRunRequest)) request: StartRunRequest): Promise<StartedRun> {
    const { run, token } = await this.gateways.of(me.tenant).startRun(request)
    // The gateway knows the operator's token alone: who it was stands here.
    await this.views.record(me, { resource: 'run', id: run.id, span: 'started', isContent: false })
    const { commands, listeners, targets } = await this.clients(me.tenant, run.grants)
    return { run: summaryOfGatewayRun(run), token, commands, listeners, kubeconfig: kubeconfigOf(run.grants, targets, listeners, token) }
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Needs('respond')
  @Describes({ summary: 'Revoke a run and its descendants; their open sessions end at once', body: RevokeRunRequest, answer: RevokedRuns })
  async revoke(
    @Viewer() me: Me,
    @Param('id', validId(Uuid, 'run')) id: string,
    @Body(valid(RevokeRunRequest)) { reason }: RevokeRunRequest,
  ): Promise<RevokedRuns> {
    const revoked = await this.gateways
      .of(me.tenant)
      .revokeRun(id, reason)
      .catch(async (error: unknown) => {
        // A gateway that is away knows nothing: who asks for another's run must not learn that it is one.
        if (isAway(error) && !(await this.runs.of(me.tenant).find(id))) throw notFound('run')
        throw error
      })
    await this.views.note(me, { resource: 'run', id, span: 'revoked', isContent: false })
    return revoked
  }

  // A recorded run is shown even when nobody can say where the gateway listens.
  private async clients(tenant: string, grants: RunDetail['grants']): Promise<Clients> {
    const gateway = this.gateways.of(tenant)
    try {
      const [targets, listeners] = await Promise.all([gateway.targets(), gateway.listeners()])
      return { commands: clientCommands(grants, targets, listeners), listeners, targets }
    } catch (error) {
      if (error instanceof ProblemError) return { commands: [], listeners: { postgres: null, ssh: null }, targets: [] }
      throw error
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'GATEWAY_UNREACHABLE'
}
