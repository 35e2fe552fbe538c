import { z } from 'zod'
import type { Store } from '../store.ts'
import type { Appended } from './alert-actions.ts'

/** A rule of a tenant's own, or what a tenant changed of one that is shipped. */
export const RuleVersionRow = z.object({
  ruleId: z.string(),
  /** From 1. */
  version: z.int(),
  id: z.string(),
  /** Sigma as YAML; empty where a shipped rule is only switched. */
  text: z.string(),
  /** Null: as the rule says. */
  response: z.enum(['page', 'queue', 'log']).nullable(),
  isEnabled: z.boolean(),
  revision: z.string(),
  /** Microseconds since the epoch. */
  atUs: z.int(),
  by: z.string(),
})
export type RuleVersionRow = z.infer<typeof RuleVersionRow>
export type NewRuleVersion = Omit<RuleVersionRow, 'version'>

// Of two under one number the lesser (at, id) counts, whichever was stored first.
const VERSIONS = `SELECT rule_id AS ruleId, version, toString(rule_versions.id) AS id, text, nullIf(toString(response), '') AS response,
    is_enabled AS isEnabled, revision, toUnixTimestamp64Micro(rule_versions.at) AS atUs, by
  FROM rule_versions WHERE tenant = {tenant:String}`
const WINNERS = 'ORDER BY ruleId, version, atUs, id LIMIT 1 BY ruleId, version'

/** Versions of rules: added, never changed. */
export class RuleVersions {
  constructor(private readonly store: Store) {}

  /** The newest of each rule, in the order of their ids. */
  latest(tenant: string): Promise<RuleVersionRow[]> {
    const sql = `SELECT * FROM (${VERSIONS} ${WINNERS}) ORDER BY ruleId, version DESC LIMIT 1 BY ruleId`
    return this.store.query({ name: 'ruleVersions.latest', sql, params: { tenant }, row: RuleVersionRow })
  }

  /** Newest first. */
  history(tenant: string, ruleId: string): Promise<RuleVersionRow[]> {
    const sql = `SELECT * FROM (${VERSIONS} AND rule_id = {ruleId:String} ${WINNERS}) ORDER BY version DESC`
    return this.store.query({ name: 'ruleVersions.history', sql, params: { tenant, ruleId }, row: RuleVersionRow })
  }

  /** Changes whenever a version was added: cheap to ask often. */
  async mark(tenant: string): Promise<string> {
    const rows = await this.store.query({
      name: 'ruleVersions.mark',
      sql: `SELECT concat(toString(uniqExact(rule_versions.id)), '.', toString(sum(DISTINCT cityHash64(rule_versions.id)))) AS mark
        FROM rule_versions WHERE tenant = {tenant:String}`,
      params: { tenant },
      row: z.object({ mark: z.string() }),
    })
    return rows[0]?.mark ?? ''
  }

  /**
   * Adds a version behind the one that the caller saw; 0: the rule's first. Of two at once one is told of the conflict.
   * `revision` of the answer is the version's number.
   */
  async append(tenant: string, seen: number, row: NewRuleVersion): Promise<Appended> {
    const before = (await this.history(tenant, row.ruleId))[0]?.version ?? 0
    if (before !== seen) return { kind: 'conflict', revision: before }
    const version = seen + 1
    await this.store.insert('rule_versions', [insertOf(tenant, { ...row, version })])
    const versions = await this.history(tenant, row.ruleId)
    if (versions.find((each) => each.version === version)?.id === row.id) return { kind: 'appended', revision: version }
    return { kind: 'conflict', revision: versions[0]?.version ?? version }
  }
}

function insertOf(tenant: string, row: RuleVersionRow): object {
  const { ruleId, response, isEnabled, atUs, ...own } = row
  return { tenant, rule_id: ruleId, response: response ?? '', is_enabled: isEnabled, at: String(atUs), ...own }
}
