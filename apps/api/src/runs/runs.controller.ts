import { Uuid } from '@hoptrace/events'
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { Viewer } from '../auth/authentication.guard.ts'
import { type Me, RevokedRuns, RevokeRunRequest, RunDetail, RunsPage, RunsQuery, StartedRun, StartRunRequest } from '../contract/index.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import { GATEWAY, RUNS, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { clientCommands } from './client-commands.ts'
import { type RunList, summaryOfGatewayRun } from './run-list.ts'

@Controller('api/v1/runs')
export class RunsController {
  constructor(
    @Inject(RUNS) private readonly runs: RunList,
    @Inject(GATEWAY) private readonly gateway: GatewayClient,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Describes({ summary: 'Agent runs, newest first', query: RunsQuery, answer: RunsPage })
  async list(@Viewer() { viewer }: Me, @Query(valid(RunsQuery)) query: RunsQuery): Promise<RunsPage> {
    const { runs } = await this.runs.all()
    const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string()]))
    const matching = runs.filter(
      (run) =>
        (query.state === undefined || run.state === query.state) &&
        (query.principal === undefined || run.principal === query.principal) &&
        (after === null || run.startedAt < after[0] || (run.startedAt === after[0] && run.id < after[1])),
    )
    await this.views.record({ viewer, resource: 'runs', id: '', span: after ? 'a later page' : 'first page', isContent: false })
    return cutPage(matching, query.limit, (last) => [last.startedAt, last.id])
  }

  @Get(':id')
  @Describes({ summary: 'One run, with its lineage and what it may reach', answer: RunDetail })
  async show(@Viewer() { viewer }: Me, @Param('id', validId(Uuid, 'run')) id: string): Promise<RunDetail> {
    const run = await this.runs.find(id)
    if (!run) throw notFound('run')
    await this.views.record({ viewer, resource: 'run', id, span: 'summary', isContent: false })
    return { ...run, commands: (await this.clients(run.grants)).commands }
  }

  @Post()
  @HttpCode(201)
  @Describes({ summary: 'Start a root run', body: StartRunRequest, answer: StartedRun, status: 201 })
  async start(@Body(valid(StartRunRequest)) request: StartRunRequest): Promise<StartedRun> {
    const { run, token } = await this.gateway.startRun(request)
    return { run: summaryOfGatewayRun(run), token, ...(await this.clients(run.grants)) }
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Describes({ summary: 'Revoke a run and its descendants; their open sessions end at once', body: RevokeRunRequest, answer: RevokedRuns })
  revoke(@Param('id', validId(Uuid, 'run')) id: string, @Body(valid(RevokeRunRequest)) { reason }: RevokeRunRequest): Promise<RevokedRuns> {
    return this.gateway.revokeRun(id, reason)
  }

  // A recorded run is shown even when nobody can say where the gateway listens.
  private async clients(grants: RunDetail['grants']): Promise<Pick<StartedRun, 'commands' | 'listeners'>> {
    try {
      const [targets, listeners] = await Promise.all([this.gateway.targets(), this.gateway.listeners()])
      return { commands: clientCommands(grants, targets, listeners), listeners }
    } catch (error) {
      if (error instanceof ProblemError) return { commands: [], listeners: { postgres: null, ssh: null } }
      throw error
    }
  }
}
