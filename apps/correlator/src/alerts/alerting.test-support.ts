import { AlertPolicy } from '@hoptrace/rules'
import { type AlertRow, Alerts, type Store } from '@hoptrace/store'
import { Correlator } from '../correlator.ts'
import { BASTION, ORDERS, PASSWORD } from '../story.test-support.ts'
import { anId, RecordedGateway, RecordedSession } from '../testing.ts'
import { Alerting, type AlertingOptions } from './alerting.ts'
import { RulesOfTenants } from './judging-rules.ts'

/** The bastion is what matters; a baseline needs no history. */
export const policy = AlertPolicy.parse({ privileged: { targets: ['bastion'] }, warmUp: { days: 0, runs: 0 } })

export function anAlerting(store: Store, over: Partial<AlertingOptions> = {}): Alerting {
  return new Alerting(store, { policy, rules: new RulesOfTenants(store, () => 0), now: () => 0, ...over })
}

/** A correlator that judges, without what an earlier one remembers: as after a restart. */
export function aJudgingCorrelator(store: Store, over: Partial<AlertingOptions> = {}): Correlator {
  return new Correlator(store, { debounceMs: 10, now: () => 0, alerting: anAlerting(store, over) })
}

/** A password is read in a database, and opens a privileged account by SSH. */
export function stolen(tenant: string, startMinute = 0) {
  const run = anId(startMinute)
  const gateway = new RecordedGateway(tenant).runStarts(startMinute, run)
  const sql = new RecordedSession(startMinute + 1, { run }, ORDERS, { token: 'hop_parent12345678' }, tenant)
    .sql(1, 'select host, password from config', ['bastion.internal', PASSWORD])
    .end(3)
  const ssh = new RecordedSession(startMinute + 5, { run }, BASTION, { token: PASSWORD, account: 'root' }, tenant)
    .exec(1, 'rm notes')
    .end(6)
  return { run, sql, ssh, events: [...gateway.events, ...sql.events, ...ssh.events] }
}

/** Everything that is told of a tenant, but for when it was stored. */
export async function allAlerts(store: Store, tenant: string): Promise<Omit<AlertRow, 'raisedAtMs'>[]> {
  const alerts = await new Alerts(store).list(tenant)
  return alerts.map(({ raisedAtMs: _, ...alert }) => alert)
}
