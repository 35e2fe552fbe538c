/** Messages of one exchange and direction that are recorded one by one, and bytes of all of them. The rest is counted. */
const MAX_MESSAGES = 200
const MAX_BYTES = 512 * 1024
/** Of one message. */
export const MESSAGE_BYTES = 16 * 1024

/** How much of the messages of a stream goes on record one by one. */
export class MessageBudget {
  private messages = MAX_MESSAGES
  private bytes = MAX_BYTES

  get isSpent(): boolean {
    return this.messages === 0 || this.bytes === 0
  }

  /** Takes one message. @returns how many of its bytes are recorded */
  take(bytes: number): number {
    const kept = Math.min(bytes, MESSAGE_BYTES, this.bytes)
    this.messages -= 1
    this.bytes -= kept
    return kept
  }
}
