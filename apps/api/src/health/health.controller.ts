import { Controller, Get, Inject } from '@nestjs/common'
import type { ApiOptions } from '../api-options.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import { Health, type Me } from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { instantOf } from '../http/instant.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { API_OPTIONS, RECENT_CONFLICTS } from '../tokens.ts'
import { recordingHealth } from './health.queries.ts'
import type { RecentConflicts } from './recent-conflicts.ts'

/** Are we recording, and how far has it come? Answers also while the store does not. */
@Controller('api/v1/health')
export class HealthController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(RECENT_CONFLICTS) private readonly conflicts: PerTenant<RecentConflicts>,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'How well the recording goes', answer: Health })
  async show(@Viewer() { tenant }: Me): Promise<Health> {
    const { store, version } = this.options
    const nowMs = Date.now()
    const now = instantOf(BigInt(nowMs) * 1000n)
    try {
      const recording = await recordingHealth(store, tenant, nowMs, () => this.conflicts.of(tenant).at(nowMs))
      return { now, version, store: { reachable: true, fault: null }, recording }
    } catch (error) {
      return { now, version, store: { reachable: false, fault: faultOf(error) }, recording: null }
    }
  }
}

function faultOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'FAILED'
}
