import { digestValue, Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Alerts, Holds, RuleVersions, type Store, Suppressions } from '@hoptrace/store'
import { KubernetesSessionBuilder } from '@hoptrace/testing'
import { anId, RecordedSession } from './recorded-session.ts'
import { aStoredAlert } from './stored-alert.ts'

const key = { id: 'test', secret: Buffer.alloc(32, 1) }

/** Of a host, as these tenants' gateways digest it. */
export const digestOf = (host: string) => digestValue(key, 'host', host)

/**
 * What was recorded of one tenant: sessions of three protocols, two of which make a chain, a run, a refusal, a dead letter, a hold,
 * an alert, a suppression, a rule.
 */
export class RecordedTenant {
  readonly runId: string
  readonly alertId: string
  readonly suppressionId: string
  readonly ruleId: string
  readonly sql: RecordedSession
  readonly ssh: RecordedSession
  /** Of requests, the first of which stands at seq 0 and opens a terminal. */
  readonly cluster: KubernetesSessionBuilder
  readonly boot: RecordedSession

  constructor(
    readonly tenant: string,
    readonly startMs: number,
  ) {
    this.runId = anId(startMs)
    this.alertId = anId(startMs).replaceAll('-', '')
    this.suppressionId = anId(startMs)
    this.ruleId = anId(startMs)
    const host = `bastion.${tenant}.internal`
    const answered = new Observer(key).cell(host, 'answered', '/sample/0/0').result()
    this.sql = new RecordedSession({ tenant, run: this.runId, principal: this.principal }, startMs)
      .started()
      .add('sql.statement', { text: `SELECT value FROM settings_of_${tenant}`, ...STATEMENT })
      .add('sql.result', { ...RESULT, columns: [{ name: 'value', oid: 25, type: 'text' }], sample: [[host]] }, answered)
      .ended()
    const target = { name: `bastion-${tenant}`, protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }
    const named = new Observer(key).add({ kind: 'host', canonical: host, offset: 0 }, 'target', '/asked/target').result()
    const asked = { protocol: 'ssh' as const, target: target.name, account: 'deploy', database: null }
    this.ssh = new RecordedSession({ tenant, run: this.runId, target }, startMs + 5000)
      .add('access.decided', { decision: 'allow', reason: null, asked, method: 'password', message: null }, named)
      .add('session.started', { client: 'OpenSSH', database: null, tls: false })
      .add('ssh.exec', { channel: 0, command: 'hostname', pty: { term: 'xterm', cols: 80, rows: 24 } })
      .add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: `${host}\r\n` } })
      .ended()
    this.cluster = new KubernetesSessionBuilder({ tenant, run: this.runId, startMs: startMs + 9000 })
    this.cluster.exec('shop', `web-of-${tenant}`, ['hostname'], [{ waitMs: 5, text: 'web\r\n' }], 0)
    this.cluster.ended()
    this.boot = bootOf(tenant, this.runId, startMs)
  }

  get principal(): string {
    return `agent of ${this.tenant}`
  }

  /** Ids that no answer to another tenant may hold. */
  get ids(): string[] {
    return [
      this.principal,
      this.alertId,
      this.suppressionId,
      this.ruleId,
      this.runId,
      this.sql.id,
      this.ssh.id,
      this.cluster.id,
      this.boot.id,
    ]
  }

  async store(store: Store): Promise<void> {
    const publisher = asPublisher(new Ingest(store, { tenant: this.tenant, now: Date.now }))
    for (const { encoded } of [this.sql, this.ssh, this.cluster, this.boot]) await publisher.publish(encoded)
    await publisher.publish([Buffer.from(`no event of ${this.tenant}`)])
    const hold = { id: anId(this.startMs), scope: { kind: 'session' as const, sessionId: this.sql.id }, placedAtMs: this.startMs }
    await new Holds(store).place(this.tenant, { ...hold, reason: `the case of ${this.tenant}`, placedBy: `ana of ${this.tenant}` })
    await this.storeAlerting(store)
  }

  private async storeAlerting(store: Store): Promise<void> {
    const { tenant, startMs } = this
    const at = { firstTs: startMs * 1000, lastTs: startMs * 1000, raisedAtMs: startMs }
    const who = { principal: this.principal, rootPrincipal: `ana of ${tenant}`, runs: [this.runId], targets: [`bastion-${tenant}`] }
    const found = { ...aStoredAlert(1, at), ...who, id: this.alertId, rules: [this.ruleId] }
    await new Alerts(store).save(tenant, [{ ...found, sentence: `an alert of ${tenant}` }])
    const placed = { reason: `a drill of ${tenant}`, owner: 'ana', createdBy: 'ana', createdAtUs: startMs * 1000 }
    const until = { rule: null, principal: `nobody of ${tenant}`, target: null, untilUs: (startMs + 3_600_000) * 1000 }
    await new Suppressions(store).add(tenant, { id: this.suppressionId, ...placed, ...until })
    const rule = { ruleId: this.ruleId, id: anId(startMs), response: null, isEnabled: true, revision: 'abc', by: `ana of ${tenant}` }
    await new RuleVersions(store).append(tenant, 0, { ...rule, text: ruleText(this.ruleId, `a rule of ${tenant}`), atUs: startMs * 1000 })
  }
}

function ruleText(id: string, title: string): string {
  const logsource = { product: 'hoptrace', category: 'event' }
  // JSON is YAML.
  return JSON.stringify({ title, id, logsource, detection: { selection: { type: 'access.decided' }, condition: 'selection' } })
}

const STATEMENT = { mode: 'simple' as const, prepared: null, params: [], kind: 'SELECT', tables: [], transaction: 'idle' as const }
const RESULT = { statement: 1, index: 0, tag: 'SELECT 1', rows: 1, bytes: 10, durationUs: 1000, error: null, transaction: 'idle' as const }

function bootOf(tenant: string, runId: string, startMs: number): RecordedSession {
  const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
  const bootId = anId(startMs - 1000)
  return new RecordedSession({ ...nobody, tenant, sessionId: bootId, bootId }, startMs - 1000)
    .add('run.started', {
      runId,
      principal: `agent of ${tenant}`,
      rootPrincipal: `ana of ${tenant}`,
      lineage: [],
      agent: null,
      task: `the task of ${tenant}`,
      owner: 'ana',
      grants: [{ target: 'orders', protocol: 'postgres' }],
      expiresAt: String((startMs + 3_600_000) * 1000),
    })
    .add('gateway.heartbeat', { open: [] })
}
