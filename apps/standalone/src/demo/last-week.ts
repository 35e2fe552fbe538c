import { randomBytes } from 'node:crypto'
import { type EventBody, EventChain, type EventType, type SessionEnvelope, type TargetRef, uuidv7 } from '@hoptrace/events'

const DAYS = 7
const HOUR_MS = 3_600_000
/** Each agent works so often a day: enough runs for a baseline to be warm. */
const ROUNDS = 3
const GATEWAY = 'gw-last-week'
const TENANT = 'default'

type Visit = { target: TargetRef; begins: () => Step<EventType>[] }
type Step<T extends EventType> = { type: T; body: EventBody<T> }
type Habit = { principal: string; template: string; version: string; task: string; hour: number; visits: Visit[] }

/**
 * Recordings of the seven days before today, made up: the demo's agents at their usual work. What is seen for the first time can
 * only be told against something. No value stands in them, so that nothing links to them.
 * @param nowMs since the epoch
 * @returns encoded events, in the order of their streams
 */
export function lastWeek(nowMs: number): Buffer[] {
  const today = Math.floor(nowMs / (24 * HOUR_MS)) * 24 * HOUR_MS
  const days = Array.from({ length: DAYS }, (_, ago) => today - (DAYS - ago) * 24 * HOUR_MS)
  return days.flatMap((day) => dayOf(day))
}

function dayOf(dayMs: number): Buffer[] {
  const bootId = idAt(dayMs)
  const boot = new EventChain({ ...nobody, tenant: TENANT, gatewayId: GATEWAY, sessionId: bootId, bootId })
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round * (24 / ROUNDS))
  const work = rounds.flatMap((hour) => HABITS.map((habit) => ({ habit, startMs: dayMs + (hour + habit.hour) * HOUR_MS })))
  return work.flatMap(({ habit, startMs }) => {
    const run = idAt(startMs)
    return [
      started(boot, habit, run, { atMs: startMs, bootMs: dayMs }),
      ...habit.visits.flatMap((visit, nth) => session(habit, visit, { run, bootId, startMs: startMs + (nth + 1) * 60_000 })),
    ]
  })
}

function started(
  boot: EventChain,
  { principal, template, version, task }: Habit,
  runId: string,
  { atMs, bootMs }: { atMs: number; bootMs: number },
): Buffer {
  const body: EventBody<'run.started'> = {
    runId,
    principal,
    rootPrincipal: principal,
    lineage: [],
    agent: { template, version },
    task,
    owner: 'dana@example.com',
    grants: [],
    expiresAt: String((atMs + HOUR_MS) * 1000),
  }
  return boot.next('run.started', body, { wallUs: atMs * 1000, elapsedUs: (atMs - bootMs) * 1000 }, { observables: [] })
}

type Life = { run: string; bootId: string; startMs: number }

function session({ principal }: Habit, { target, begins }: Visit, { run, bootId, startMs }: Life): Buffer[] {
  const who = { run, principal, rootPrincipal: principal, lineage: [], origin: { address: '127.0.0.1', port: 50_000, client: null } }
  const envelope: SessionEnvelope = { tenant: TENANT, gatewayId: GATEWAY, bootId, sessionId: idAt(startMs), ...who, target }
  const chain = new EventChain(envelope)
  return [...opening(target), ...begins(), closing].map(({ type, body }, nth) => {
    const elapsedUs = nth * 400_000
    return chain.next(type, body, { wallUs: startMs * 1000 + elapsedUs, elapsedUs }, { observables: [] })
  })
}

function opening({ name, protocol, account }: TargetRef): Step<EventType>[] {
  const asked = { protocol, target: name, account, database: null }
  return [
    step('access.decided', { decision: 'allow', reason: null, asked, method: 'password', message: null }),
    step('session.started', { client: null, database: null, tls: false }),
  ]
}

const closing = { type: 'session.ended', body: { reason: 'client', message: null } } as const

function step<T extends EventType>(type: T, body: EventBody<T>): Step<EventType> {
  return { type, body } as Step<EventType>
}

function statement(text: string): Visit['begins'] {
  const asked: EventBody<'sql.statement'> = {
    text,
    mode: 'simple',
    prepared: null,
    params: [],
    kind: 'SELECT',
    tables: ['orders'],
    transaction: 'idle',
  }
  return () => [step('sql.statement', asked)]
}

function command(line: string): Visit['begins'] {
  return () => [step('ssh.exec', { channel: 0, command: line, pty: null })]
}

const ORDERS: TargetRef = { name: 'orders', protocol: 'postgres', address: '127.0.0.1:5432', account: 'app' }
const STAGING: TargetRef = { name: 'staging', protocol: 'ssh', address: '127.0.0.1:22', account: 'deploy' }
const PROD: TargetRef = { name: 'prod', protocol: 'kubernetes', address: '127.0.0.1:6443', account: 'gateway' }
const BILLING: TargetRef = { name: 'billing', protocol: 'http', address: '127.0.0.1:8080', account: 'caller' }

const HABITS: readonly Habit[] = [
  {
    principal: 'planner-agent',
    template: 'planner',
    version: '1.4.1',
    task: 'Check the nightly totals.',
    hour: 1,
    visits: [{ target: ORDERS, begins: statement('SELECT sum(total) FROM orders') }],
  },
  {
    principal: 'report-agent',
    template: 'reporter',
    version: '3.0.2',
    task: 'Report the orders of the day.',
    hour: 3,
    visits: [
      { target: ORDERS, begins: statement('SELECT count(*) FROM orders') },
      { target: PROD, begins: () => [] },
      { target: BILLING, begins: () => [] },
    ],
  },
  {
    principal: 'operator-agent',
    template: 'operator',
    version: '0.8.4',
    task: 'Look at the deploys of the staging host.',
    hour: 5,
    visits: [{ target: STAGING, begins: command('ls deploy') }],
  },
]

const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }

function idAt(ms: number): string {
  return uuidv7(ms, randomBytes(10))
}
