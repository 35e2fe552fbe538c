import { decodeEvent, EventChain, topics } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProgressReport } from './progress-report.ts'
import { type NoteMessage, Rekey } from './rekey.ts'
import { type Links, StreamLinker } from './stream-linker.ts'

const GATEWAYS = 2
/** Of the events, and of each topic of notes. */
const PARTITIONS = 3
/** More than what is linked together: each event is linked by itself. */
const STEP_US = 7_200_000_000
const NOTES = [topics.accesses, topics.sightings].flatMap((topic) => [0, 1, 2].map((partition) => `${topic}/${partition}`))

/** Topics in memory: each partition in order, each read at its own pace. */
class Bus {
  readonly events: Buffer[][] = Array.from({ length: PARTITIONS }, () => [])
  readonly notes = new Map(NOTES.map((partition) => [partition, [] as Buffer[]]))

  async send(topic: string, messages: readonly NoteMessage[]): Promise<void> {
    // Any key may stand in any partition.
    for (const { value, partition = value.length % PARTITIONS } of messages) {
      this.notes.get(`${topic}/${partition}`)?.push(Buffer.from(value))
    }
  }
}

/** A gateway that records an event now and then in one of some sessions, by a clock of its own. */
class Gateway {
  private readonly sessions: EventChain[]
  private readonly boot: EventChain
  private steps: number

  constructor(
    private readonly number: number,
    skew: number,
  ) {
    this.steps = skew
    const chain = (session: number) => {
      const nobody = { run: null, principal: null, rootPrincipal: null, lineage: [], origin: null, target: null }
      const id = (last: number) => `019aa0c0-0000-7000-8000-0000000${number}0${String(last).padStart(3, '0')}`
      return new EventChain({ tenant: 't', gatewayId: `gw-${number}`, bootId: id(0), sessionId: id(session), ...nobody })
    }
    this.boot = chain(0)
    this.sessions = Array.from({ length: PARTITIONS }, (_, session) => chain(session + 1))
  }

  records(bus: Bus, partition: number): void {
    this.steps += 1
    bus.events[partition]?.push(this.sessions[partition]?.next('run.expired', { runId: RUN }, this.now()) ?? Buffer.alloc(0))
  }

  beats(bus: Bus): void {
    bus.events[this.number % PARTITIONS]?.push(this.boot.next('gateway.heartbeat', { open: [] }, this.now()))
  }

  // No two gateways have the same moment, so that there is one order.
  private now() {
    return { wallUs: (this.steps * GATEWAYS + this.number) * STEP_US, elapsedUs: this.steps }
  }
}

const RUN = '019aa0c0-0000-7000-8000-00000000a000'

/** The two stages over one bus. */
function aCorrelator(bus: Bus) {
  const clock = { ms: 0 }
  const linked: number[] = []
  const links: Links = {
    link: async (_tenant, { fromUs }) => linked.push(fromUs),
    lastSeqs: async (_tenant, sessions) => new Map(sessions.map((session) => [session, 1_000_000])),
    reached: async () => undefined,
    settle: async () => 0,
  }
  const linker = new StreamLinker(links, { partitions: NOTES, now: () => clock.ms, settleMs: 0, marginUs: 0 })
  const ends = async () => bus.events.map(({ length }) => length)
  const noted = bus.events.map(() => 0)
  const read = new Map(NOTES.map((partition) => [partition, 0]))
  const rekey = new Rekey({ notes: bus, partitions: PARTITIONS, ends })
  const positions = () =>
    noted.map((committed, partition) => ({ topic: topics.events, partition, committed, highWatermark: null, lag: null }))
  const report = new ProgressReport({ notes: bus, partitions: PARTITIONS, ends, positions })
  return {
    clock,
    linked,
    linker,
    report: () => report.publish(),
    async note(source: number, count: number): Promise<void> {
      const at = noted[source] ?? 0
      const values = bus.events[source]?.slice(at, at + count) ?? []
      const place = (i: number) => ({ source: topics.events, partition: String(source), offset: at + i })
      await rekey.onBatch(values.map((value, i) => ({ value, at: place(i) })))
      noted[source] = at + values.length
    },
    read(partition: string, count: number): void {
      const at = read.get(partition) ?? 0
      const values = bus.notes.get(partition)?.slice(at, at + count) ?? []
      const [source = '', number = ''] = partition.split('/')
      linker.add(values.map((value, i) => ({ value, at: { source, partition: number, offset: at + i } })))
      read.set(partition, at + values.length)
    },
    async readAll(): Promise<void> {
      for (let source = 0; source < PARTITIONS; source += 1) await this.note(source, Number.MAX_SAFE_INTEGER)
      await this.report()
      for (const partition of NOTES) this.read(partition, Number.MAX_SAFE_INTEGER)
      await linker.step()
    },
  }
}

const few = fc.integer({ min: 1, max: 4 })
const Turn = fc.oneof(
  fc.record({ kind: fc.constant('record' as const), gateway: fc.nat(GATEWAYS - 1), partition: fc.nat(PARTITIONS - 1) }),
  fc.record({ kind: fc.constant('beat' as const), gateway: fc.nat(GATEWAYS - 1) }),
  fc.record({ kind: fc.constant('note' as const), source: fc.nat(PARTITIONS - 1), count: few }),
  fc.record({ kind: fc.constant('report' as const) }),
  fc.record({ kind: fc.constant('read' as const), partition: fc.constantFrom(...NOTES), count: few }),
  fc.record({ kind: fc.constant('step' as const) }),
)
const turns = fc.array(Turn, { minLength: 50, maxLength: 300 })
const someSkews = fc.tuple(fc.nat(50), fc.nat(50))

async function begun(skews: readonly number[]) {
  const bus = new Bus()
  const gateways = skews.map((skew, number) => new Gateway(number, skew))
  const correlator = aCorrelator(bus)
  for (const gateway of gateways) gateway.records(bus, 0)
  await correlator.readAll()
  return { bus, gateways, correlator }
}

describe('what is linked', () => {
  it('is in the order of event time and never late, however much any partition lags', async () => {
    await fc.assert(
      fc.asyncProperty(someSkews, turns, async (skews, story) => {
        const { bus, gateways, correlator } = await begun(skews)
        for (const turn of story) {
          if (turn.kind === 'record') gateways[turn.gateway]?.records(bus, turn.partition)
          else if (turn.kind === 'beat') gateways[turn.gateway]?.beats(bus)
          else if (turn.kind === 'note') await correlator.note(turn.source, turn.count)
          else if (turn.kind === 'report') await correlator.report()
          else if (turn.kind === 'read') correlator.read(turn.partition, turn.count)
          else await correlator.linker.step()
        }
        for (const gateway of gateways) gateway.beats(bus)
        await correlator.readAll()
        expect(correlator.linker.state).toMatchObject({ late: 0, evicted: 0, unwatermarked: 0, unreadable: 0, silent: [] })
        expect(correlator.linked).toEqual([...correlator.linked].sort((a, b) => a - b))
        const least = Math.min(...skews.map((_, number) => lastOf(bus, number)))
        expect(correlator.linked).toEqual(recorded(bus).filter((tsUs) => tsUs <= least))
      }),
      { numRuns: 200 },
    )
  })

  it('waits for a partition that lags by minutes, and for no gateway that is silent', async () => {
    const { bus, gateways, correlator } = await begun([0, 0])
    const [speaks, falls] = gateways
    if (!speaks || !falls) throw new Error('There should be two')
    for (const gateway of gateways) gateway.records(bus, 2)
    for (const gateway of gateways) gateway.beats(bus)
    const minutes = async (count: number) => {
      for (let second = 0; second < 60 * count; second += 10) {
        speaks.records(bus, 0)
        speaks.beats(bus)
        for (const source of [0, 1]) await correlator.note(source, 100)
        await correlator.report()
        for (const partition of NOTES) correlator.read(partition, 1000)
        await correlator.linker.step()
        correlator.clock.ms += 10_000
      }
    }
    // What stands in the third partition is read five minutes later, and nothing that follows it in event time is linked before.
    await minutes(5)
    expect(correlator.linked).toEqual([])
    await correlator.note(2, 100)
    await minutes(2)
    expect(correlator.linker.state).toMatchObject({ late: 0, unwatermarked: 0, silent: ['t/gw-1'] })
    expect(correlator.linked).toEqual(recorded(bus))
  })
})

/** Moments of all that was recorded but heartbeats, in order. */
function recorded(bus: Bus): number[] {
  return momentsOf(bus, ({ type }) => type !== 'gateway.heartbeat')
}

/** Moment of a gateway's last heartbeat. */
function lastOf(bus: Bus, gateway: number): number {
  return momentsOf(bus, ({ type, gatewayId }) => type === 'gateway.heartbeat' && gatewayId === `gw-${gateway}`).at(-1) ?? 0
}

function momentsOf(bus: Bus, isWanted: (event: { type: string; gatewayId: string }) => boolean): number[] {
  const events = bus.events.flat().flatMap((encoded) => {
    const decoded = decodeEvent(encoded)
    return decoded.kind === 'event' && isWanted(decoded.event) ? [Number(decoded.event.ts)] : []
  })
  return events.sort((a, b) => a - b)
}
