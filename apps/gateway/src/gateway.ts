import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DigestKey, uuidv7 } from '@hoptrace/events'
import { GatewayAccess } from './access/gateway-access.ts'
import { announceRuns } from './access/run-announcer.ts'
import { RunLog } from './access/run-log.ts'
import { RunRegistry } from './access/run-registry.ts'
import { readOrMakeSecret } from './access/secret-file.ts'
import { TargetDirectory } from './access/target-directory.ts'
import { checkTargets, type TargetResult } from './check-targets.ts'
import type { GatewayConfig } from './config.ts'
import { Callers } from './control/callers.ts'
import { RunDesk } from './control/run-desk.ts'
import { SshCommands } from './control/ssh-commands.ts'
import { Doors, type Listeners } from './doors.ts'
import { SystemClock } from './recording/clock.ts'
import { digestKeyOf } from './recording/digest-key.ts'
import { Recordings } from './recording/recordings.ts'
import { lockDirectory } from './spool/directory-lock.ts'
import { Outbox } from './spool/outbox.ts'
import { recoverSpool } from './spool/recovery.ts'
import { type SpoolLevel, SpoolRoom } from './spool/spool-room.ts'

const EXPIRE_EVERY_MS = 1000
const TELL_EVERY_MS = 10_000
const MEASURE_EVERY_MS = 2000
const SYNC_WITHIN_MS = 5
const RETRY_SPOOL_AFTER_MS = 1000

/** All parts of one gateway, wired: the spool, the recordings, the runs, who may reach what. */
export class Gateway {
  readonly clock = new SystemClock()
  readonly runs: RunRegistry
  readonly targets: TargetDirectory
  readonly recordings: Recordings
  readonly access: GatewayAccess
  readonly spoolRoom: SpoolRoom
  readonly callers: Callers
  readonly desk: RunDesk
  readonly sshCommands: SshCommands
  private readonly runLog: RunLog
  private readonly unlock: () => void
  readonly doors: Doors
  private readonly timers: NodeJS.Timeout[] = []

  /** Takes the data directory, recovers what a dead gateway left, and is ready to record. */
  constructor(readonly config: GatewayConfig) {
    const spool = join(config.dataDir, 'spool')
    mkdirSync(spool, { recursive: true, mode: 0o700 })
    this.unlock = lockDirectory(spool, process.pid)
    const operatorToken = readOrMakeSecret(join(config.dataDir, 'operator.token'), () => `hopop_${randomBytes(24).toString('base64url')}`)
    this.runLog = new RunLog(join(config.dataDir, 'runs.log'))
    this.runs = new RunRegistry(this.runLog, this.clock, randomBytes)
    this.targets = new TargetDirectory(config.targets)
    this.recordings = this.openRecordings(spool, digestKeyOf(config.dataDir))
    this.spoolRoom = new SpoolRoom(spool, config.gateway.spool.maxBytes, logLevel)
    this.access = new GatewayAccess(this.runs, this.targets, this.recordings, this.spoolRoom)
    this.callers = new Callers(operatorToken, this.runs, (token) => this.access.refuseControl(token))
    this.desk = new RunDesk(this.runs, this.targets, this.recordings, this.access)
    this.sshCommands = new SshCommands(this.desk, this.callers)
    announceRuns(this.runs, this.recordings)
    this.doors = new Doors({ config, access: this.access, clock: this.clock, sshCommands: this.sshCommands })
  }

  /** `host:port` of each door; null until it is open. */
  get listeners(): Listeners {
    return this.doors.listeners
  }

  /** Begins heartbeats and the expiry of runs, and opens the doors. */
  async start(): Promise<void> {
    this.timers.push(setInterval(() => this.recordings.heartbeat(), this.config.gateway.heartbeatSeconds * 1000))
    this.timers.push(setInterval(() => this.runs.expire(), EXPIRE_EVERY_MS))
    this.timers.push(setInterval(() => this.access.tellUnrecorded(), TELL_EVERY_MS))
    await this.spoolRoom.measure()
    this.timers.push(setInterval(() => this.spoolRoom.measure().catch(logUnmeasured), MEASURE_EVERY_MS))
    await this.doors.open()
  }

  /** Tries every target with its own credential. */
  checkTargets(): Promise<TargetResult[]> {
    return checkTargets(this.config.targets, this.config.secrets)
  }

  /** Ends every session, and returns once all that was recorded is durable. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    this.access.tellUnrecorded()
    this.recordings.stopAll({ reason: 'shutdown', message: 'the gateway is shutting down' })
    await this.doors.close()
    await this.recordings.close()
    this.runLog.close()
    this.unlock()
  }

  private openRecordings(spool: string, digestKey: DigestKey): Recordings {
    const { open, closedBoot, start } = recoverSpool(spool)
    const bootId = uuidv7(Math.floor(this.clock.wallUs() / 1000), randomBytes(10))
    const identity = { tenant: this.config.tenant, gatewayId: this.config.gateway.id, bootId }
    const recordings = new Recordings(identity, digestKey, this.clock, randomBytes, open, (checkpoint) => {
      const { segmentBytes } = this.config.gateway
      return new Outbox({ dir: spool, segmentBytes, syncWithinMs: SYNC_WITHIN_MS, retryAfterMs: RETRY_SPOOL_AFTER_MS, start, checkpoint })
    })
    recordings.closeCrashed()
    recordings.announceBoot(closedBoot ?? undefined)
    return recordings
  }
}

const SAID: Record<SpoolLevel, string> = {
  roomy: 'the spool has room again',
  filling: 'the spool fills: the platform does not take what is recorded',
  full: 'the spool is full: new sessions are refused',
}

function logLevel(level: SpoolLevel, { bytes, maxBytes }: SpoolRoom): void {
  const severity = { roomy: 'info', filling: 'warn', full: 'error' }[level]
  console.error(JSON.stringify({ level: severity, message: SAID[level], bytes, maxBytes }))
}

function logUnmeasured(error: unknown): void {
  const fault = error instanceof Error && 'code' in error ? error.code : typeof error
  console.error(JSON.stringify({ level: 'error', message: 'the spool cannot be measured', fault }))
}
