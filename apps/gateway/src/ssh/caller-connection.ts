import type { Socket } from 'node:net'
import type { Connection } from 'ssh2'
import type { AccessControl } from '../access/access-control.ts'
import type { SshTarget } from '../access/target.ts'
import { type Authenticated, Authentication, type Origin, type SshControl } from './authentication.ts'
import { Bridge } from './bridge.ts'
import { serveControl } from './control-channel.ts'
import { sayLastWords } from './last-words.ts'
import type { LoginTimes } from './strangers.ts'
import { connectTarget, type ResolveSecret, type TargetConnection } from './target-connection.ts'
import { Transport } from './transport.ts'

export type SshTimes = LoginTimes & {
  /** For reaching a target. */
  connectMs: number
  /** Silence after which a side is asked whether it lives. */
  keepaliveMs: number
  /** How long a caller that runs no program has to learn why its session failed. */
  lastWordsMs: number
}

export type CallerOptions = {
  access: AccessControl
  control: SshControl
  resolveSecret: ResolveSecret
  times: SshTimes
  nowUs: () => number
  onFault: (error: unknown) => void
}

type Allowed = Extract<Authenticated, { kind: 'target' }>

/** One caller's connection: authenticated, decided on, then joined with its target. */
export class CallerConnection {
  private readonly transport: Transport
  private readonly authentication: Authentication

  constructor(
    private readonly connection: Connection,
    private readonly origin: Origin,
    private readonly options: CallerOptions,
    onAuthenticated: () => void,
  ) {
    this.transport = new Transport(connection)
    const { access, control } = options
    this.authentication = new Authentication(access, control, this.transport, origin, (authenticated) => {
      onAuthenticated()
      this.serve(authenticated)
    })
    this.authentication.listen(connection)
    connection.on('close', () => this.authentication.closed())
  }

  get socket(): Socket {
    return this.transport.socket
  }

  private serve(authenticated: Authenticated): void {
    if (authenticated.kind === 'control') serveControl(this.connection, this.options.control, authenticated.presented, this.origin)
    else {
      this.transport.hold()
      this.open(authenticated).catch(this.options.onFault)
    }
  }

  private async open(allowed: Allowed): Promise<void> {
    const { target, recording } = allowed.decision
    recording.append('session.started', { client: this.origin.client, database: null, tls: false })
    if (target.protocol !== 'ssh')
      return this.fail(allowed, { kind: 'failed', reason: 'target-refused', problem: 'the target does not speak SSH' })
    const connected = await this.connect(allowed, target)
    if (connected.kind === 'failed') this.fail(allowed, connected)
    else this.bridge(allowed, connected.transport)
  }

  // A run that is revoked while its target is being reached must not reach it.
  private connect(allowed: Allowed, target: SshTarget): Promise<TargetConnection> {
    const { recording } = allowed.decision
    return new Promise((resolve) => {
      recording.onStop((order) => {
        this.transport.disconnect(11, `Hoptrace: ${order.message}`)
        recording.end(order.reason, order.message)
      })
      connectTarget(target, this.options.resolveSecret, this.options.times.connectMs).then(resolve, this.options.onFault)
    })
  }

  private fail(allowed: Allowed, failed: Extract<TargetConnection, { kind: 'failed' }>): void {
    this.options.access.refuse(allowed.request, failed.reason, failed.problem)
    allowed.decision.recording.end('error', failed.problem)
    sayLastWords(this.connection, this.transport, failed.problem, this.options.times.lastWordsMs)
  }

  private bridge(allowed: Allowed, target: Transport): void {
    const { recording, grant } = allowed.decision
    const { times, nowUs, onFault } = this.options
    const { keepaliveMs } = times
    new Bridge({ recording, caller: this.transport, target, mayForward: grant.forward === true, keepaliveMs, nowUs, onFault }).start()
  }
}
