import { readRuleFile } from '@hoptrace/rules'
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common'
import { z } from 'zod'
import { instantUs, summaryOfAlert } from '../alerts/alert-answer.ts'
import { policyOf } from '../alerts/alert-policy.ts'
import type { TenantAlerts } from '../alerts/tenant-alerts.ts'
import type { ApiOptions } from '../api-options.ts'
import { may } from '../auth/access.ts'
import { Viewer } from '../auth/authentication.guard.ts'
import { Needs } from '../auth/needs.ts'
import {
  Backtest,
  BacktestRequest,
  CheckRuleRequest,
  type Me,
  RuleChecked,
  RuleDetail,
  RulesAnswer,
  SaveRuleRequest,
} from '../contract/index.ts'
import { Describes } from '../http/describes.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { valid, validId } from '../http/zod.pipe.ts'
import type { PerTenant } from '../tenancy/per-tenant.ts'
import { ALERTS, API_OPTIONS, BACKTEST_RECEIPTS, RULES, VIEW_LOG } from '../tokens.ts'
import type { ViewLog } from '../viewed/view-log.ts'
import { backtest } from './backtest.ts'
import { backtestAnswer, backtestRange } from './backtest-answer.ts'
import { type BacktestReceipts, shortfallOf } from './backtest-receipt.ts'
import type { CatalogueRule } from './catalogue.ts'
import { checkedAnswer, checkText } from './checked-text.ts'
import { detailOfRule, revisionOfFile, summaryOfRule } from './rule-answer.ts'
import { conflictWith, type PlannedSave, planSave, wouldPage } from './save-rule.ts'
import type { TenantRules } from './tenant-rules.ts'

/** A UUID, a name, or of a rule without either its title. */
const RuleId = z.string().min(1).max(256)
const WEEK_US = 7 * 86_400_000_000
const RECENT = 20

@Controller('api/v1/rules')
export class RulesController {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    @Inject(RULES) private readonly rules: PerTenant<TenantRules>,
    @Inject(ALERTS) private readonly alerts: PerTenant<TenantAlerts>,
    @Inject(BACKTEST_RECEIPTS) private readonly receipts: BacktestReceipts,
    @Inject(VIEW_LOG) private readonly views: ViewLog,
  ) {}

  @Get()
  @Needs('metadata')
  @Describes({ summary: 'Rules that raise alerts: shipped ones, and the tenant’s own', answer: RulesAnswer })
  async list(@Viewer() me: Me): Promise<RulesAnswer> {
    const [rules, counts] = await Promise.all([this.rules.of(me.tenant).all(), this.alerts.of(me.tenant).countByRule(lastWeek())])
    await this.views.record(me, { resource: 'rules', id: '', span: 'all', isContent: false })
    return { items: rules.map((rule) => summaryOfRule(rule, counts.get(rule.id) ?? 0)) }
  }

  @Post('check')
  @HttpCode(200)
  @Needs('metadata')
  @Describes({ summary: 'What is wrong with a text of rules, by line and column', body: CheckRuleRequest, answer: RuleChecked })
  async check(@Viewer() me: Me, @Body(valid(CheckRuleRequest)) { text }: CheckRuleRequest): Promise<RuleChecked> {
    const beside = await this.rules.of(me.tenant).beside(readRuleFile(text, 'rule').rules)
    return checkedAnswer(checkText(text, beside))
  }

  @Post('backtest')
  @HttpCode(200)
  @Needs('content')
  @Describes({
    summary: 'What rules would have raised over recorded history, with the baselines as they were then; nothing of it is stored',
    body: BacktestRequest,
    answer: Backtest,
  })
  async backtest(@Viewer() me: Me, @Body(valid(BacktestRequest)) request: BacktestRequest): Promise<Backtest> {
    const nowMs = Date.now()
    const { text, response = null } = request
    const range = backtestRange(request, nowMs)
    const beside = await this.rules.of(me.tenant).beside(readRuleFile(text, 'rule').rules)
    const { rules, faults } = checkText(text, beside)
    // Rules may ask for anything that was said: whoever runs one looks at all of it.
    await this.views.act(me, {
      resource: 'backtest',
      id: '',
      span: `${instantUs(range.fromUs)} to ${instantUs(range.toUs)}`,
      isContent: true,
    })
    const policy = policyOf(this.options)
    const found = await backtest(this.options.store, { tenant: me.tenant, rules, beside, response, policy, range })
    const digest = this.receipts.issue({ tenant: me.tenant, text, ...range, madeAtMs: nowMs, isPaging: wouldPage(text, response) })
    return backtestAnswer(found, { digest, range, faults, hasContent: may(me, 'content') })
  }

  @Get(':id')
  @Needs('metadata')
  @Describes({ summary: 'A rule with its text, its revisions, and what it found of late', answer: RuleDetail })
  async show(@Viewer() me: Me, @Param('id', validId(RuleId, 'rule')) id: string): Promise<RuleDetail> {
    const rule = await this.rules.of(me.tenant).find(id)
    if (!rule) throw notFound('rule')
    const detail = await this.detail(me, rule)
    await this.views.record(me, { resource: 'rule', id, span: detail.revision, isContent: may(me, 'content') })
    return detail
  }

  @Put(':id')
  @Needs('respond')
  @Describes({
    summary: 'Save a rule, or switch a shipped one; 409 with the present revision, 422 before a backtest of what pages',
    body: SaveRuleRequest,
    answer: RuleDetail,
  })
  async save(
    @Viewer() me: Me,
    @Param('id', validId(RuleId, 'rule')) id: string,
    @Body(valid(SaveRuleRequest)) request: SaveRuleRequest,
  ): Promise<RuleDetail> {
    const rules = this.rules.of(me.tenant)
    const plan = planSave(id, request, await rules.files())
    await this.demandBacktest(me, request, plan)
    const { response, isEnabled, revision } = plan.version
    const span = `saved ${revision}: ${isEnabled ? 'on' : 'off'}, ${response ?? 'as it says'}`
    await this.views.act(me, { resource: 'rule', id, span, isContent: false })
    const outcome = await rules.append(plan.seen, { ...plan.version, atUs: Date.now() * 1000, by: me.name })
    const saved = await rules.find(id)
    if (!saved) throw notFound('rule')
    if (outcome.kind === 'conflict') throw conflictWith(revisionOfFile(saved.file))
    return this.detail(me, saved)
  }

  private async demandBacktest({ tenant }: Me, { backtest }: SaveRuleRequest, { pagesWith }: PlannedSave): Promise<void> {
    if (pagesWith === null) return
    const seen = backtest === undefined ? null : this.receipts.read(backtest, tenant, pagesWith)
    const shortfall = shortfallOf(seen, Date.now(), await this.rules.of(tenant).oldestUs())
    if (shortfall !== null) throw new ProblemError('NEEDS_BACKTEST', `Before it wakes anybody: ${shortfall}.`)
  }

  private async detail(me: Me, found: CatalogueRule): Promise<RuleDetail> {
    const alerts = this.alerts.of(me.tenant)
    const [history, counts, recent] = await Promise.all([
      this.rules.of(me.tenant).history(found.file.id),
      alerts.countByRule(lastWeek()),
      alerts.list({ rule: found.id, limit: RECENT }, Date.now() * 1000),
    ])
    const told = recent.map((alert) => summaryOfAlert(alert, may(me, 'content')))
    return detailOfRule(found, { alerts: counts.get(found.id) ?? 0, history, recent: told })
  }
}

function lastWeek(): { fromUs: number; toUs: number } {
  const toUs = Date.now() * 1000
  return { fromUs: toUs - WEEK_US, toUs }
}
