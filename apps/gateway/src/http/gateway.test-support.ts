import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventBody, EventOf, EventType, Grant, SessionEvent } from '@hoptrace/events'
import { GatewayAccess } from '../access/gateway-access.ts'
import { announceRuns } from '../access/run-announcer.ts'
import { RunLog } from '../access/run-log.ts'
import { RunRegistry } from '../access/run-registry.ts'
import { HttpTarget } from '../access/target.ts'
import { TargetDirectory } from '../access/target-directory.ts'
import { SystemClock } from '../recording/clock.ts'
import { aSpoolDir, eventsIn, openRecordings, until } from '../recording/recordings.test-support.ts'
import { HttpProxy, type HttpProxyOptions } from './http-proxy.ts'

export type TestTarget = Partial<Omit<HttpTarget, 'address'>> & { port: number }

const operator = { kind: 'operator', name: 'ana' } as const

/** A gateway's HTTP door on a real spool, with real runs and decisions. Secrets are named after where they come from. */
export async function anHttpGateway(targets: TestTarget[], over: Partial<HttpProxyOptions> = {}, listen = '127.0.0.1') {
  const dir = aSpoolDir()
  const recordings = openRecordings(dir, { segmentBytes: 8 * 1024 * 1024 })
  const clock = new SystemClock()
  const runs = new RunRegistry(new RunLog(join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log')), clock, randomBytes)
  announceRuns(runs, recordings)
  const known = targets.map(asTarget)
  const directory = new TargetDirectory(known)
  const access = new GatewayAccess(runs, directory, recordings)
  const faults: unknown[] = []
  const proxy = new HttpProxy({
    access,
    targets: directory,
    resolveSecret: (source) => `the-secret-of-${'env' in source ? source.env : source.file}`,
    nowUs: () => clock.monotonicUs(),
    onFault: (fault) => faults.push(fault),
    ...over,
  })
  const port = await proxy.listen(0, listen)
  const mint = (scope: Partial<Grant> = {}, principal = 'agent-a') => {
    const grants = known.map((target) => ({ target: target.name, protocol: 'http' as const, ...scope }))
    const { minted, token } = runs.mint({ principal, task: 'settle invoices', ttlSeconds: 600, grants }, operator)
    if (minted.kind !== 'run') throw new Error(minted.message)
    return { token, run: minted.run.id }
  }
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    recordings.stopAll({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await proxy.close()
    await recordings.close()
  }
  const events = (): SessionEvent[] => eventsIn(dir)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    proxy,
    recordings,
    runs,
    mint,
    faults,
    close,
    events,
    of: <T extends EventType>(type: T): EventOf<T>[] => events().filter((event): event is EventOf<T> => event.type === type),
    bodies: <T extends EventType>(type: T): EventBody<T>[] => bodiesOf(events(), type),
    /** Once as many events of this type are in the spool. */
    recorded: (type: EventType, count = 1) => until(() => bodiesOf(events(), type).length >= count),
  }
}

export type HttpGateway = Awaited<ReturnType<typeof anHttpGateway>>

export function bodiesOf<T extends EventType>(events: readonly SessionEvent[], type: T): EventBody<T>[] {
  return events.filter((event) => event.type === type).map((event) => event.body as EventBody<T>)
}

function asTarget({ port, ...rest }: TestTarget): HttpTarget {
  const defaults = { name: 'billing', protocol: 'http', account: 'svc-agent', credential: 'none' }
  return HttpTarget.parse({ ...defaults, ...rest, address: `127.0.0.1:${port}` })
}
