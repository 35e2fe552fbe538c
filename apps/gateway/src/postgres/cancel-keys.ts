import { randomBytes } from 'node:crypto'

export type Cancellable = { cancel(by: string): void }
export type CancelKey = { processId: number; key: Buffer }

/** The cancel keys that the gateway gave to its callers. A target's own key stays here. */
export class CancelKeys {
  private readonly sessions = new Map<string, Cancellable>()

  /** @param keyLength 4 bytes in protocol 3.0; from 3.2 on a key may be longer */
  issue(session: Cancellable, keyLength: number): CancelKey {
    for (;;) {
      const issued = { processId: randomBytes(4).readUInt32BE(0) >>> 1, key: randomBytes(keyLength) }
      if (this.sessions.has(nameOf(issued))) continue
      this.sessions.set(nameOf(issued), session)
      return issued
    }
  }

  find(presented: CancelKey): Cancellable | undefined {
    return this.sessions.get(nameOf(presented))
  }

  revoke(issued: CancelKey): void {
    this.sessions.delete(nameOf(issued))
  }
}

function nameOf({ processId, key }: CancelKey): string {
  return `${processId}:${key.toString('hex')}`
}
