import { type Rule, ruleId, shippedTexts } from '@hoptrace/rules'
import { type Appended, type NewRuleVersion, type RuleVersionRow, RuleVersions, type Store } from '@hoptrace/store'
import { z } from 'zod'
import type { RuleWords } from '../alerts/alert-detail.ts'
import { InTurn } from '../tenancy/in-turn.ts'
import { type CatalogueFile, type CatalogueRule, catalogueOf, rulesOf } from './catalogue.ts'

/** Rules of one tenant: those that come with Hoptrace, as it switched them, and its own. */
export class TenantRules {
  private readonly versions: RuleVersions
  private readonly turns = new InTurn()
  /** Reading a hundred files costs more than asking whether they changed. */
  private read: { mark: string; files: Promise<CatalogueFile[]> } | null = null

  constructor(
    private readonly store: Store,
    private readonly tenant: string,
  ) {
    this.versions = new RuleVersions(store)
  }

  async files(): Promise<CatalogueFile[]> {
    const mark = await this.versions.mark(this.tenant)
    if (this.read?.mark === mark) return this.read.files
    const files = this.versions.latest(this.tenant).then((latest) => catalogueOf(shippedTexts, latest))
    this.read = { mark, files }
    files.catch(() => {
      this.read = null
    })
    return files
  }

  async all(): Promise<CatalogueRule[]> {
    return rulesOf(await this.files())
  }

  /** By its id, also that of a part of a correlation; null where there is none. */
  async find(id: string): Promise<CatalogueRule | null> {
    const files = await this.files()
    const telling = rulesOf(files).find((found) => found.id === id)
    if (telling) return telling
    for (const file of files) {
      const rule = file.rules.find((each) => ruleId(each) === id) ?? (file.id === id ? file.rules[0] : undefined)
      if (rule) return { id, rule, file }
    }
    return null
  }

  /** Rules that stand beside these: all but those of files that hold one of them. */
  async beside(rules: readonly Rule[]): Promise<Rule[]> {
    const ids = new Set(rules.map(ruleId))
    const others = (await this.files()).filter((file) => !file.rules.some((rule) => ids.has(ruleId(rule))))
    return others.flatMap((file) => file.rules)
  }

  history(id: string): Promise<RuleVersionRow[]> {
    return this.versions.history(this.tenant, id)
  }

  /** @param seen the number of the version that the caller saw; 0: none */
  append(seen: number, version: NewRuleVersion): Promise<Appended> {
    return this.turns.run(version.ruleId, () => this.versions.append(this.tenant, seen, version))
  }

  /** Event time of the first that was recorded of any session, microseconds since the epoch; null before that. */
  async oldestUs(): Promise<number | null> {
    const rows = await this.store.query({
      name: 'api.rules.oldest',
      sql: `SELECT toUnixTimestamp64Micro(min(s.first_ts)) AS oldest FROM session_rollups AS s
        WHERE tenant = {tenant:String} AND target_protocol != '' HAVING count() > 0`,
      params: { tenant: this.tenant },
      row: z.object({ oldest: z.int() }),
    })
    return rows[0]?.oldest ?? null
  }

  /** What rules say of themselves, of those ids that are still there. */
  async words(ids: readonly string[]): Promise<Map<string, RuleWords>> {
    const wanted = new Set(ids)
    const rules: Rule[] = (await this.files()).flatMap((file) => file.rules)
    return new Map(
      rules
        .filter((rule) => wanted.has(ruleId(rule)))
        .map((rule) => [
          ruleId(rule),
          { description: rule.document.description ?? '', falsePositives: rule.document.falsepositives ?? [] },
        ]),
    )
  }
}
