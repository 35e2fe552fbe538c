import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventBody, EventOf, EventType, SessionEvent } from '@hoptrace/events'
import { GatewayAccess } from '../access/gateway-access.ts'
import { announceRuns } from '../access/run-announcer.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { Target } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { SystemClock } from '../recording/clock.ts'
import { aSpoolDir, eventsIn, openRecordings, until } from '../recording/recordings.test-support.ts'
import { PostgresProxy, type PostgresProxyOptions } from './postgres-proxy.ts'

export type TestTarget = { name?: string; host: string; port: number; user: string; password: string; database: string } & Partial<
  Pick<Extract<Target, { protocol: 'postgres' }>, 'tls' | 'ca' | 'durability'>
>

const operator = { kind: 'operator', name: 'ana' } as const

/** A gateway's PostgreSQL door on a real spool, with real runs and decisions. */
export async function aPostgresGateway(targets: TestTarget[], over: Partial<PostgresProxyOptions> = {}, listen = '127.0.0.1') {
  const dir = aSpoolDir()
  const recordings = openRecordings(dir, { segmentBytes: 8 * 1024 * 1024 })
  const runs = new RunRegistry(new RunLog(join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log')), new SystemClock(), randomBytes)
  announceRuns(runs, recordings)
  const known = targets.map(asTarget)
  const access = new GatewayAccess(runs, new TargetDirectory(known), recordings)
  const secrets = new Map(targets.map((target) => [target.name ?? 'orders', target.password]))
  const faults: unknown[] = []
  const resolveSecret: PostgresProxyOptions['resolveSecret'] = (source) => secrets.get('env' in source ? source.env : '') ?? ''
  const proxy = new PostgresProxy({ access, resolveSecret, onFault: (fault) => faults.push(fault), ...over })
  const port = await proxy.listen(0, listen)
  const mint = (grants: string[] = known.map((target) => target.name)) => {
    const request = {
      principal: 'agent-a',
      task: 'count orders',
      ttlSeconds: 600,
      grants: grants.map((target) => ({ target, protocol: 'postgres' as const })),
    }
    const { minted, token } = runs.mint(request, operator)
    if (minted.kind !== 'run') throw new Error(minted.message)
    return { token, run: minted.run.id }
  }
  const events = (): SessionEvent[] => eventsIn(dir)
  /** Once every session has ended by itself. */
  const settled = async () => {
    await until(() => recordings.openCount === 0)
    await close()
  }
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    recordings.stopAll({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await proxy.close()
    await recordings.close()
  }
  return {
    port,
    proxy,
    recordings,
    runs,
    mint,
    events,
    of: <T extends EventType>(type: T) => ofType(events(), type),
    bodies: <T extends EventType>(type: T) => bodiesOf(events(), type),
    faults,
    targets: known,
    secrets,
    settled,
    close,
  }
}

export function ofType<T extends EventType>(events: readonly SessionEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type)
}

export function bodiesOf<T extends EventType>(events: readonly SessionEvent[], type: T): EventBody<T>[] {
  return events.filter((event) => event.type === type).map((event) => event.body as EventBody<T>)
}

function asTarget({ name = 'orders', host, port, user, database, tls, ca, durability }: TestTarget): Target {
  return Target.parse({
    name,
    protocol: 'postgres',
    address: `${host}:${port}`,
    account: user,
    database,
    password: { env: name },
    ...(tls ? { tls } : {}),
    ...(ca ? { ca } : {}),
    ...(durability ? { durability } : {}),
  })
}
