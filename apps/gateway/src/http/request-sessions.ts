import type { AccessControl, AccessRequest, Admitted, Refusal } from '../access/access-control.ts'
import type { StopOrder } from '../recording/session-recording.ts'
import { RequestSession } from './request-session.ts'

export type Taken =
  | (Omit<Admitted, 'kind'> & {
      kind: 'session'
      /** Enter it before anything else happens: a session that nobody is in may end. */
      session: RequestSession
    })
  | Refusal

/** How long a session stays open that nothing is asked of. */
type IdleMsOf = (target: Admitted['target']) => number

/** The open sessions of a protocol whose requests come over many connections: one a run and target, until an idle gap. */
export class RequestSessions {
  private readonly open = new Map<string, RequestSession>()

  constructor(
    private readonly access: AccessControl,
    private readonly idleMsOf: IdleMsOf,
  ) {}

  get openCount(): number {
    return this.open.size
  }

  /**
   * Admits one request, and finds or opens the session that it belongs to.
   * @param isEncrypted did it come over TLS? For `session.started`
   */
  take(request: AccessRequest, isEncrypted: boolean): Taken {
    const admission = this.access.admit(request)
    if (admission.kind === 'deny') return admission
    const { run, grant, target } = admission
    const key = `${run.id} ${target.name}`
    const known = this.open.get(key)
    if (known) return { kind: 'session', session: known, run, grant, target }
    const opened = this.access.open(request, admission)
    if (opened.kind === 'deny') return opened
    const { recording } = opened
    recording.append('session.started', { client: request.origin.client, database: null, tls: isEncrypted })
    const session = new RequestSession(recording, this.idleMsOf(target), () => this.forget(key, session))
    this.open.set(key, session)
    return { kind: 'session', session, run, grant, target }
  }

  /** Ends all, for a proxy that closes without its gateway's order to stop. */
  close(order: StopOrder): void {
    for (const session of [...this.open.values()]) session.stop(order)
  }

  private forget(key: string, session: RequestSession): void {
    if (this.open.get(key) === session) this.open.delete(key)
  }
}
