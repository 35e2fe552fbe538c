import { Observer } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { Holds, type Store } from '@hoptrace/store'
import { KubernetesSessionBuilder } from '@hoptrace/testing'
import { anId, RecordedSession } from './recorded-session.ts'

const key = { id: 'test', secret: Buffer.alloc(32, 1) }

/** What was recorded of one tenant: sessions of three protocols, two of which make a chain, a run, a refusal, a dead letter, a hold. */
export class RecordedTenant {
  readonly runId: string
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
    const host = `bastion.${tenant}.internal`
    const answered = new Observer(key).cell(host, 'answered', '/sample/0/0').result()
    this.sql = new RecordedSession({ tenant, run: this.runId }, startMs)
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

  /** Ids that no answer to another tenant may hold. */
  get ids(): string[] {
    return [this.runId, this.sql.id, this.ssh.id, this.cluster.id, this.boot.id]
  }

  async store(store: Store): Promise<void> {
    const publisher = asPublisher(new Ingest(store, { tenant: this.tenant, now: Date.now }))
    for (const { encoded } of [this.sql, this.ssh, this.cluster, this.boot]) await publisher.publish(encoded)
    await publisher.publish([Buffer.from(`no event of ${this.tenant}`)])
    const hold = { id: anId(this.startMs), scope: { kind: 'session' as const, sessionId: this.sql.id }, placedAtMs: this.startMs }
    await new Holds(store).place(this.tenant, { ...hold, reason: `the case of ${this.tenant}`, placedBy: `ana of ${this.tenant}` })
  }
}

const STATEMENT = { mode: 'simple' as const, prepared: null, params: [], kind: 'SELECT', tables: [], transaction: 'idle' as const }
const RESULT = { statement: 1, index: 0, tag: 'SELECT 1', rows: 1, bytes: 10, durationUs: 1000, error: null, transaction: 'idle' as const }

function bootOf(tenant: string, runId: string, startMs: number): RecordedSession {
  const nobody = { run: null, principal: null, rootPrincipal: null, origin: null, target: null }
  const bootId = anId(startMs - 1000)
  return new RecordedSession({ ...nobody, tenant, sessionId: bootId, bootId }, startMs - 1000)
    .add('run.started', {
      runId,
      principal: 'agent-1',
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
