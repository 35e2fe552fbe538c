/** Waits until something rings or a time has passed. A ring while nobody waits ends the next wait at once. */
export class WakeUp {
  private isRung = false
  private ringing: (() => void) | null = null

  ring(): void {
    this.isRung = true
    this.ringing?.()
  }

  async wait(atMostMs: number): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs)
        this.ringing = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.ringing = null
    this.isRung = false
  }
}
