import type { DenyReason } from '@hoptrace/events'
import type { AuthContext, Connection, PublicKeyAuthContext } from 'ssh2'
import type { AccessControl, AccessRequest, Decision, Presented } from '../access/access-control.ts'
import { bannerMessage, DisconnectReason } from './messages.ts'
import { isSignatureValid } from './public-key.ts'
import type { Transport } from './transport.ts'
import { type AskedUser, CONTROL_USER, readUserName } from './user-name.ts'

export type Origin = AccessRequest['origin']

/** Answers `ssh hoptrace@gateway …`. */
export interface SshControl {
  /** May this caller give commands? */
  isKnown(presented: Presented): boolean
  /** Never rejects: what goes wrong is said on stderr, with a status above 0. */
  run(args: string[], presented: Presented, origin: Origin): Promise<{ stdout: string; stderr: string; status: number }>
}

export type Authenticated =
  | { kind: 'control'; presented: Presented }
  | { kind: 'target'; request: AccessRequest; decision: Extract<Decision, { kind: 'allow' }> }

const METHODS: ('publickey' | 'password')[] = ['publickey', 'password']
/** As OpenSSH's MaxAuthTries. */
const MAX_FAILURES = 6
/** Unsigned queries: an agent may offer many keys before the right one. */
const MAX_QUERIES = 20

/**
 * Authenticates one connection. A run is decided on when its secret is proved: a password that was sent, a key whose
 * signature verifies. Keys that were only offered are gathered, and recorded as one refusal if nothing better came.
 */
export class Authentication {
  private failures = 0
  private queries = 0
  private isSettled = false
  private lastAsked: AskedUser | null = null
  private offeredKey: Buffer | null = null
  private hasBeenRefused = false

  constructor(
    private readonly access: AccessControl,
    private readonly control: SshControl,
    private readonly transport: Transport,
    private readonly origin: Origin,
    private readonly onAuthenticated: (authenticated: Authenticated) => void,
  ) {}

  listen(connection: Connection): void {
    connection.on('authentication', (context) => this.take(context))
  }

  /** The connection is over. */
  closed(): void {
    if (this.isSettled || this.hasBeenRefused || !this.lastAsked) return
    if (this.offeredKey) {
      const message = `offered ${this.queries} ${this.queries === 1 ? 'key' : 'keys'}, none of a run`
      this.access.refuse(this.request(this.lastAsked, { method: 'publickey', keyBlob: this.offeredKey }), 'unknown-token', message)
    } else this.access.refuse(this.request(this.lastAsked, { method: 'none' }), 'no-credential', 'no run token was presented')
  }

  private take(context: AuthContext) {
    const asked = readUserName(context.username)
    this.lastAsked = asked
    if (context.method === 'none') return context.reject(METHODS)
    if (context.method === 'password') return this.decide(context, asked, { method: 'password', secret: context.password })
    if (context.method === 'publickey') return this.takeKey(context, asked)
    this.fail(context, null)
  }

  private takeKey(context: PublicKeyAuthContext, asked: AskedUser) {
    const presented = { method: 'publickey', keyBlob: Buffer.from(context.key.data) } as const
    if (context.signature) {
      if (isSignatureValid(context)) return this.decide(context, asked, presented)
      return this.refuse(context, asked, presented, 'malformed', 'the signature does not verify')
    }
    this.queries += 1
    this.offeredKey ??= presented.keyBlob
    const isKnown = asked.kind === 'control' ? this.control.isKnown(presented) : this.access.isKnownKey(presented.keyBlob)
    if (isKnown) return context.accept()
    if (this.queries >= MAX_QUERIES) return this.giveUp()
    context.reject(METHODS)
  }

  private decide(context: AuthContext, asked: AskedUser, presented: Presented) {
    if (asked.kind === 'control') return this.decideControl(context, asked, presented)
    const request = this.request(asked, presented)
    const decision = this.access.decide(request)
    if (decision.kind === 'allow') return this.accept(context, { kind: 'target', request, decision })
    this.hasBeenRefused = true
    // A stranger learns no more than that it is one; who holds a run may know why it was refused.
    this.fail(context, decision.reason === 'unknown-token' ? null : decision.message)
  }

  private decideControl(context: AuthContext, asked: AskedUser, presented: Presented) {
    if (this.control.isKnown(presented)) return this.accept(context, { kind: 'control', presented })
    this.refuse(context, asked, presented, 'unknown-token', 'the token is not known')
  }

  private refuse(context: AuthContext, asked: AskedUser, presented: Presented, reason: DenyReason, message: string): void {
    this.hasBeenRefused = true
    this.access.refuse(this.request(asked, presented), reason, message)
    this.fail(context, null)
  }

  private accept(context: AuthContext, authenticated: Authenticated): void {
    this.isSettled = true
    // Whatever follows in the same packet must find its listener in place.
    this.onAuthenticated(authenticated)
    context.accept()
  }

  private fail(context: AuthContext, message: string | null) {
    this.failures += 1
    if (message !== null) this.transport.send(bannerMessage(`Hoptrace: ${message}\r\n`))
    if (this.failures >= MAX_FAILURES) return this.giveUp()
    context.reject(METHODS)
  }

  private giveUp(): void {
    this.transport.disconnect(DisconnectReason.noMoreAuth, 'too many authentication failures')
  }

  private request(asked: AskedUser, presented: Presented): AccessRequest {
    const { target, account } = asked.kind === 'target' ? asked : { target: CONTROL_USER, account: null }
    return { protocol: 'ssh', presented, asked: { target, account, database: null }, origin: this.origin }
  }
}
