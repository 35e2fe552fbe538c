import { createHash, timingSafeEqual } from 'node:crypto'
import { sshFingerprint } from '@hoptrace/events'
import type { Presented } from '../access/access-control.ts'
import type { Minter } from '../access/mint.ts'
import type { RunRegistry } from '../access/run-registry.ts'
import { Problem } from './problem.ts'

/** Tells who calls the control endpoint: an operator, or a live run. */
export class Callers {
  private readonly operatorHash: Buffer

  constructor(
    operatorToken: string,
    private readonly runs: RunRegistry,
    /** Hears of a token that was presented and let nobody in. */
    private readonly onRefused: (token: string) => void = () => {},
  ) {
    this.operatorHash = sha256(operatorToken)
  }

  /** @throws Problem 401 for a token that is neither */
  identify(authorization: string | undefined): Minter {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    if (!token) throw new Problem(401, 'unauthenticated', 'send an operator token or a run token as a bearer token')
    const caller = this.ofPresented({ method: 'password', secret: token })
    if (!caller) {
      this.onRefused(token)
      throw new Problem(401, 'unauthenticated', 'this token is not known, or its run has ended')
    }
    return caller
  }

  /** Who holds this token or key; null for nobody whom the gateway knows. */
  ofPresented(presented: Presented): Minter | null {
    if (presented.method === 'none') return null
    if (presented.method === 'password' && timingSafeEqual(sha256(presented.secret), this.operatorHash)) {
      return { kind: 'operator', name: 'operator' }
    }
    const standing =
      presented.method === 'password' ? this.runs.findByToken(presented.secret) : this.runs.findByKey(sshFingerprint(presented.keyBlob))
    return standing && this.runs.isLive(standing) ? { kind: 'run', run: standing.run } : null
  }

  /** @throws Problem 403 unless an operator calls */
  operator(authorization: string | undefined): string {
    const caller = this.identify(authorization)
    if (caller.kind !== 'operator') throw new Problem(403, 'forbidden', 'only an operator may do this')
    return caller.name
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
