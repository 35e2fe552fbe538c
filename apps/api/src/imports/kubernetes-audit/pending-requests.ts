import type { AuditEvent } from './audit-event.ts'

/** Requests that are under way at once; of more, the oldest are given up. */
const MAX_PENDING = 10_000

/** Requests whose last stage has not come, by their audit ids: those that were received, and those whose answer began. */
export class PendingRequests<T> {
  private readonly receivedOnly = new Map<string, AuditEvent>()
  private readonly underWay = new Map<string, T>()

  /** @returns the request that makes room, to be told as one that was never answered */
  received(event: AuditEvent): AuditEvent | null {
    this.receivedOnly.set(event.auditID, event)
    return evict(this.receivedOnly)
  }

  /** @returns the one that makes room */
  start(auditId: string, request: T): T | null {
    this.underWay.set(auditId, request)
    return evict(this.underWay)
  }

  started(auditId: string): T | null {
    return this.underWay.get(auditId) ?? null
  }

  forget(auditId: string): void {
    this.receivedOnly.delete(auditId)
    this.underWay.delete(auditId)
  }

  unanswered(): AuditEvent[] {
    const events = [...this.receivedOnly.values()]
    this.receivedOnly.clear()
    return events
  }
}

function evict<V>(entries: Map<string, V>): V | null {
  if (entries.size <= MAX_PENDING) return null
  for (const [key, value] of entries) {
    entries.delete(key)
    return value
  }
  return null
}
