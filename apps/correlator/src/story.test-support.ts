import { asPublisher, Ingest } from '@hoptrace/ingest'
import { HopChainAccesses, HopChains, Hops, type Store } from '@hoptrace/store'
import { anId, RecordedGateway, RecordedSession } from './testing.ts'

export const PASSWORD = 'Zq7!harbour-93'
export const ORDERS = { protocol: 'postgres', name: 'orders', host: 'orders.internal', address: '10.0.0.10:5432' } as const
export const BASTION = { protocol: 'ssh', name: 'bastion', host: 'bastion.internal', address: '10.0.0.20:22' } as const
export const BILLING = { protocol: 'postgres', name: 'billing', host: 'billing.internal', address: '10.0.0.30:5432' } as const

/** SQL answers a host and a password; SSH to that host; a child run goes on; the password is tried elsewhere and refused. */
export function misdirected(tenant: string) {
  const [run, childRun] = [anId(0), anId(7)]
  const gateway = new RecordedGateway(tenant)
    .runStarts(0, run)
    .runStarts(7, childRun, { lineage: [run], task: 'look further' })
    .refuses(20, BILLING, PASSWORD)
  const sql = new RecordedSession(1, { run }, ORDERS, { token: 'hop_parent12345678' }, tenant)
    .sql(1, 'select host, password from config', ['bastion.internal', PASSWORD])
    .end(3)
  const ssh = new RecordedSession(5, { run }, BASTION, { token: 'hop_parent12345678' }, tenant)
    .exec(1, 'cat notes', 'db at billing.internal')
    .end(6)
  const child = new RecordedSession(9, { run: childRun, lineage: [run] }, ORDERS, { token: 'hop_child123456789' }, tenant)
    .sql(1, 'select 1', ['1'])
    .end(2)
  return { gateway, sql, ssh, child, events: [...gateway.events, ...sql.events, ...ssh.events, ...child.events] }
}

/** Into the store, as an ingest would. */
export function publish(store: Store, events: readonly Buffer[]): Promise<void> {
  return asPublisher(new Ingest(store, { tenant: 'default', now: () => 0 })).publish(events)
}

export async function hopsOf(store: Store, tenant: string) {
  const chains = await new HopChains(store).list(tenant)
  return (await Promise.all(chains.map(({ id }) => new Hops(store).findByChain(tenant, id)))).flat()
}

/** Everything that linking wrote of a tenant, but for how often it was rewritten. */
export async function allRows(store: Store, tenant: string) {
  const chains = await new HopChains(store).list(tenant)
  const members = await Promise.all(chains.map(({ id }) => new HopChainAccesses(store).findByChain(tenant, id)))
  return { chains, hops: await hopsOf(store, tenant), members }
}
