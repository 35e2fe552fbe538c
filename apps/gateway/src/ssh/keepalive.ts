const MAX_UNANSWERED = 3

/** Asks a silent side whether it lives; any message of it is an answer. */
export class Keepalive {
  private readonly timer: NodeJS.Timeout
  private unanswered = 0
  private hasSpoken = false

  constructor(intervalMs: number, ask: () => void, onDead: () => void) {
    this.timer = setInterval(() => {
      if (this.hasSpoken) {
        this.hasSpoken = false
        this.unanswered = 0
        return
      }
      if (this.unanswered >= MAX_UNANSWERED) return onDead()
      this.unanswered += 1
      ask()
    }, intervalMs)
  }

  seen(): void {
    this.hasSpoken = true
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
