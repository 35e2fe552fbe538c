import { timingSafeEqual } from 'node:crypto'
import { sshFingerprint } from '@hoptrace/events'
import { type Presented, presentedToken } from '../access/access-control.ts'
import type { KnownRuns } from '../access/known-runs.ts'
import type { Minter } from '../access/mint.ts'
import { type Standing, tokenHashOf } from '../access/run-set.ts'
import { Problem } from './problem.ts'

/** Tells who calls the control endpoint: an operator, or a live run. */
export class Callers {
  private readonly operatorHash: Buffer

  constructor(
    operatorToken: string,
    private readonly runs: KnownRuns,
    /** Hears of a token that was presented and let nobody in. */
    private readonly onRefused: (token: string) => void = () => {},
  ) {
    this.operatorHash = sha256(operatorToken)
  }

  /** @throws as `require` */
  identify(authorization: string | undefined): Minter {
    return this.require({ method: 'password', secret: bearerOf(authorization) })
  }

  /** @throws Problem 401 for a token or key that is nobody's, 503 where it cannot be told whether its run is revoked */
  require(presented: Presented): Minter {
    const caller = this.ofPresented(presented)
    if (caller?.kind === 'operator') return caller
    this.requireFresh()
    if (caller) return caller
    const token = presentedToken(presented)
    if (token !== null) this.onRefused(token)
    throw new Problem(401, 'unauthenticated', 'this token is not known, or its run has ended')
  }

  private requireFresh(): void {
    if (!this.runs.isFresh) throw new Problem(503, 'runs-stale', 'this gateway cannot tell now which runs are revoked')
  }

  /** Who holds this token or key; null for nobody whom the gateway knows. */
  ofPresented(presented: Presented): Minter | null {
    const token = presentedToken(presented)
    if (token !== null && this.isOperator(token)) return { kind: 'operator', name: 'operator' }
    const standing = this.standingOf(presented)
    return standing && this.runs.isLive(standing) ? { kind: 'run', run: standing.run } : null
  }

  private standingOf(presented: Presented): Standing | null {
    if (presented.method === 'none') return null
    if (presented.method === 'publickey') return this.runs.findByKey(sshFingerprint(presented.keyBlob))
    return this.runs.findByToken(presented.secret)
  }

  /** @throws Problem 403 unless an operator calls */
  operator(authorization: string | undefined): string {
    const caller = this.identify(authorization)
    if (caller.kind !== 'operator') throw new Problem(403, 'forbidden', 'only an operator may do this')
    return caller.name
  }

  private isOperator(secret: string): boolean {
    return timingSafeEqual(sha256(secret), this.operatorHash) || this.runs.isOperator(tokenHashOf(secret))
  }
}

/** @throws Problem 401 when there is none */
export function bearerOf(authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw new Problem(401, 'unauthenticated', 'send an operator token or a run token as a bearer token')
  return token
}

function sha256(text: string): Buffer {
  return Buffer.from(tokenHashOf(text), 'hex')
}
