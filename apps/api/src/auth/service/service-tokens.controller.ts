import type { ServiceTokenRow } from '@hoptrace/store'
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import { CreatedServiceToken, CreateServiceTokenRequest, type Me, type ServiceToken, ServiceTokensAnswer } from '../../contract/index.ts'
import { Describes } from '../../http/describes.ts'
import { instantOf } from '../../http/instant.ts'
import { notFound, ProblemError } from '../../http/problem.ts'
import { valid, validId } from '../../http/zod.pipe.ts'
import { SERVICE_TOKENS, VIEW_LOG } from '../../tokens.ts'
import type { ViewLog } from '../../viewed/view-log.ts'
import { may } from '../access.ts'
import { Viewer } from '../authentication.guard.ts'
import { Needs } from '../needs.ts'
import { rightsOf } from '../rights.ts'
import { rolesOf, type ServiceTokens } from './service-tokens.ts'

const TokenId = z.string().regex(/^[0-9a-f]{24}$/)

@Controller('api/v1/service-tokens')
export class ServiceTokensController {
  constructor(
    @Inject(SERVICE_TOKENS) private readonly tokens: ServiceTokens,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('operate')
  @Describes({ summary: 'Tokens of machines, newest first', answer: ServiceTokensAnswer })
  async list(@Viewer() me: Me): Promise<ServiceTokensAnswer> {
    return { items: (await this.tokens.list(me.tenant)).map(tokenOf) }
  }

  @Post()
  @HttpCode(201)
  @Needs('operate')
  @Describes({
    summary: 'Make a token for a machine; it is shown once',
    body: CreateServiceTokenRequest,
    answer: CreatedServiceToken,
    status: 201,
  })
  async create(@Viewer() me: Me, @Body(valid(CreateServiceTokenRequest)) request: CreateServiceTokenRequest): Promise<CreatedServiceToken> {
    // It would outlive the one that made it: whoever stole that would keep a way in once it is revoked.
    if (me.via === 'service') throw new ProblemError('NOT_AUTHORISED', 'A machine makes no tokens: a person does.')
    const { name, roles, mayReveal, ttlSeconds } = request
    // Or an operator could read what is recorded by way of a token.
    const lacking = rightsOf(roles, mayReveal).filter((right) => !may(me, right))
    if (lacking.length > 0) throw new ProblemError('NOT_AUTHORISED', `You lack what the token would have: ${lacking.join(', ')}.`)
    const { token, row } = await this.tokens.create(me, { name, roles: [...new Set(roles)], mayReveal, ttlMs: ttlSeconds * 1000 })
    await this.views.record(me, { resource: 'service-token', id: row.tokenId, span: `made for ${row.roles}`, isContent: false })
    return { ...tokenOf(row), token }
  }

  @Delete(':id')
  @HttpCode(204)
  @Needs('operate')
  @Describes({ summary: 'Revoke a token', status: 204 })
  async revoke(@Viewer() me: Me, @Param('id', validId(TokenId, 'service token')) id: string): Promise<void> {
    if (!(await this.tokens.revoke(me.tenant, id))) throw notFound('service token')
    await this.views.note(me, { resource: 'service-token', id, span: 'revoked', isContent: false })
  }
}

function tokenOf(row: ServiceTokenRow): ServiceToken {
  const { tokenId: id, name, createdBy } = row
  const roles = rolesOf(row)
  const [createdAt, expiresAt] = [instant(row.createdAtMs), instant(row.expiresAtMs)]
  const ended = {
    lastUsedAt: row.lastUsedAtMs > 0 ? instant(row.lastUsedAtMs) : null,
    revokedAt: row.revokedAtMs > 0 ? instant(row.revokedAtMs) : null,
  }
  return { id, name, roles, rights: rightsOf(roles, row.mayReveal), createdAt, createdBy, expiresAt, ...ended }
}

function instant(ms: number): string {
  return instantOf(BigInt(ms) * 1000n)
}
