type Slot = { reply: Buffer | null }
type Awaited = (reply: Buffer) => void

/**
 * Keeps replies in the order of their requests (RFC 4254, sections 4 and 5.4: a reply names no request).
 * The asker's requests are answered by the proxy itself or passed on to the answerer; the proxy asks the answerer too.
 */
export class ReplyOrder {
  private readonly owed: Slot[] = []
  private readonly awaited: Awaited[] = []

  constructor(private readonly sendToAsker: (reply: Buffer) => void) {}

  /** Requests that the answerer has not answered. */
  get outstanding(): number {
    return this.awaited.length
  }

  /** The asker asked, and the proxy answers. */
  answer(reply: Buffer): void {
    this.owed.push({ reply })
    this.flush()
  }

  /** The asker asked, and the answerer will answer. */
  passOn(onReply?: (reply: Buffer) => void): void {
    const slot: Slot = { reply: null }
    this.owed.push(slot)
    this.awaited.push((reply) => {
      onReply?.(reply)
      slot.reply = reply
      this.flush()
    })
  }

  /** The proxy asked; the asker never learns of it. */
  ask(onReply: (reply: Buffer) => void): void {
    this.awaited.push(onReply)
  }

  /** @returns false when nobody waits for a reply */
  answered(reply: Buffer): boolean {
    const awaited = this.awaited.shift()
    awaited?.(reply)
    return awaited !== undefined
  }

  private flush(): void {
    for (let slot = this.owed[0]; slot?.reply; slot = this.owed[0]) {
      this.owed.shift()
      this.sendToAsker(slot.reply)
    }
  }
}
