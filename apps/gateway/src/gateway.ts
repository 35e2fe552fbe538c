import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type DigestKey, type EventBody, uuidv7 } from '@hoptrace/events'
import { GatewayAccess } from './access/gateway-access.ts'
import { KafkaRunsTopic } from './access/kafka-runs-topic.ts'
import { RunRegistry } from './access/run-registry.ts'
import { type RunsRoom, RunsWritten } from './access/runs-room.ts'
import { readOrMakeSecret } from './access/secret-file.ts'
import { TargetDirectory } from './access/target-directory.ts'
import type { GatewayConfig } from './config.ts'
import { Callers } from './control/callers.ts'
import { ForwardedRuns } from './control/forwarded-runs.ts'
import { RunBook } from './control/run-book.ts'
import { RunDesk } from './control/run-desk.ts'
import type { RunService } from './control/run-service.ts'
import { SshCommands } from './control/ssh-commands.ts'
import { WrittenRuns } from './control/written-runs.ts'
import { Doors, type Listeners } from './doors.ts'
import { logLevel, logRelay, logUnmeasured } from './gateway-log.ts'
import { type GatewayObserver, unobserved } from './gateway-observer.ts'
import { openRuns } from './gateway-runs.ts'
import { SystemClock } from './recording/clock.ts'
import { digestKeyOf } from './recording/digest-key.ts'
import { Recordings } from './recording/recordings.ts'
import { kafkaSettingsOf } from './relay/kafka-section.ts'
import { RelayThread } from './relay/relay-thread.ts'
import type { OpenRelay, RelayListener, SpoolRelay } from './relay/spool-relay.ts'
import { lockDirectory } from './spool/directory-lock.ts'
import { Outbox } from './spool/outbox.ts'
import { recoverSpool } from './spool/recovery.ts'
import { SpoolRoom } from './spool/spool-room.ts'
import { checkTargets, type TargetResult } from './target-check/check-targets.ts'

const EXPIRE_EVERY_MS = 1000
const TELL_EVERY_MS = 10_000
const MEASURE_EVERY_MS = 2000
const SYNC_WITHIN_MS = 5
const RETRY_SPOOL_AFTER_MS = 1000
const DRAIN_WITHIN_MS = 4000
const DISCONNECT_WITHIN_MS = 1000

/** All parts of one gateway, wired: the spool, the recordings, the runs, who may reach what. */
export class Gateway {
  readonly clock = new SystemClock()
  readonly runs: RunsRoom
  /** What callers may do with runs. */
  readonly runService: RunService
  /** Publishes the spool; null where the platform reads it. */
  readonly relay: SpoolRelay | null
  readonly targets: TargetDirectory
  readonly recordings: Recordings
  readonly access: GatewayAccess
  readonly spoolRoom: SpoolRoom
  readonly callers: Callers
  readonly sshCommands: SshCommands
  private readonly bootId: string
  private readonly runsTopic: KafkaRunsTopic | null
  private readonly unlock: () => void
  readonly doors: Doors
  private readonly timers: NodeJS.Timeout[] = []

  /** Takes the data directory, recovers what a dead gateway left, and is ready to record. */
  constructor(
    readonly config: GatewayConfig,
    private readonly observer: GatewayObserver = unobserved,
    openRelay: OpenRelay = (source, listener) => new RelayThread(source, listener),
  ) {
    const spool = join(config.dataDir, 'spool')
    mkdirSync(spool, { recursive: true, mode: 0o700 })
    this.unlock = lockDirectory(spool, process.pid)
    const operatorToken = config.shared.operatorToken ?? readOrMakeSecret(join(config.dataDir, 'operator.token'), makeOperatorToken)
    this.bootId = uuidv7(Math.floor(this.clock.wallUs() / 1000), randomBytes(10))
    const settings = config.kafka ? kafkaSettingsOf(config.kafka, config.gateway.id, config.secrets) : null
    this.runsTopic = settings && new KafkaRunsTopic(settings)
    this.targets = new TargetDirectory(config.targets)
    this.recordings = this.openRecordings(spool, config.shared.digestKey ?? digestKeyOf(config.dataDir))
    const { clock, recordings, bootId } = this
    this.runs = openRuns({ config, bootId, operatorToken, clock, recordings, topic: this.runsTopic })
    const source = `spool of ${config.gateway.id}`
    this.relay = settings && openRelay({ directory: spool, source, settings }, relayListener(observer))
    this.spoolRoom = new SpoolRoom(spool, config.gateway.spool.maxBytes, logLevel)
    this.recordings.spoolLevel = () => levelOf(this.spoolRoom)
    this.access = new GatewayAccess(this.runs.known, this.targets, this.recordings, this.spoolRoom)
    this.callers = new Callers(operatorToken, this.runs.known, (token) => this.access.refuseControl(token))
    this.runService = this.serveRuns()
    this.sshCommands = new SshCommands(this.runService, this.callers)
    const { access, targets, sshCommands } = this
    this.doors = new Doors({ config, access, targets, clock, sshCommands })
  }

  /** `host:port` of each door; null until it is open. */
  get listeners(): Listeners {
    return this.doors.listeners
  }

  /** Begins heartbeats and the expiry of runs, and opens the doors. */
  async start(): Promise<void> {
    this.timers.push(setInterval(() => this.recordings.heartbeat(), this.config.gateway.heartbeatSeconds * 1000))
    this.timers.push(setInterval(() => this.runs.known.expire(), EXPIRE_EVERY_MS))
    this.timers.push(setInterval(() => this.access.tellUnrecorded(), TELL_EVERY_MS))
    await this.spoolRoom.measure()
    this.timers.push(setInterval(() => this.spoolRoom.measure().catch(logUnmeasured), MEASURE_EVERY_MS))
    this.runs.start()
    this.relay?.start()
    await this.doors.open()
  }

  /** Tries every target with its own credential. */
  checkTargets(): Promise<TargetResult[]> {
    return checkTargets(this.config.targets, this.config.secrets)
  }

  /** Ends every session, and returns once all that was recorded is durable, and published as far as that goes in time. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    this.access.tellUnrecorded()
    this.recordings.stopAll({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await this.doors.close()
    await this.recordings.close()
    await this.relay?.stop(DRAIN_WITHIN_MS)
    // Last: while the writer of the runs beats, the other gateways let callers in.
    await this.runs.close()
    await Promise.race([this.runsTopic?.close(), setTimeout(DISCONNECT_WITHIN_MS, undefined, { ref: false })])
    this.unlock()
  }

  private serveRuns(): RunService {
    const { known } = this.runs
    const book = new RunBook(known, this.recordings)
    if (known instanceof RunRegistry) {
      const desk = new RunDesk(known, this.targets, this.recordings, this.access)
      return new WrittenRuns(desk, book, this.callers, this.runs instanceof RunsWritten ? this.runs.writer : null)
    }
    return new ForwardedRuns(this.config.gateway.runs.writerUrl ?? '', known, book, this.callers)
  }

  private openRecordings(spool: string, digestKey: DigestKey): Recordings {
    const { open, closedBoot, start } = recoverSpool(spool)
    const identity = { tenant: this.config.tenant, gatewayId: this.config.gateway.id, bootId: this.bootId }
    const { segmentBytes } = this.config.gateway
    const outboxOptions = { dir: spool, segmentBytes, syncWithinMs: SYNC_WITHIN_MS, retryAfterMs: RETRY_SPOOL_AFTER_MS, start }
    const openOutbox = (checkpoint: () => Buffer) => new Outbox({ ...outboxOptions, checkpoint })
    const observer: GatewayObserver = this.observer
    const recordings = new Recordings(identity, digestKey, this.clock, randomBytes, open, openOutbox, (type, body) =>
      observer.recorded(type, body),
    )
    recordings.closeCrashed()
    recordings.announceBoot(closedBoot ?? undefined)
    return recordings
  }
}

function makeOperatorToken(): string {
  return `hopop_${randomBytes(24).toString('base64url')}`
}

function levelOf({ level, bytes, maxBytes }: SpoolRoom): EventBody<'gateway.heartbeat'>['spool'] {
  return { level, bytes, maxBytes }
}

function relayListener(observer: GatewayObserver): RelayListener {
  return {
    onNotice: (notice) => {
      if (notice.kind === 'retry') observer.retried(notice.code)
      logRelay(notice)
    },
    onPublished: (batch) => observer.published(batch),
    publishing: (events, publish) => observer.publishing(events, publish),
  }
}
