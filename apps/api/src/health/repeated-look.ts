export type RepeatedLookOptions = {
  everyMs: number
  /** Called once each time that looking begins to fail. */
  onUnread: (error: unknown) => void
}

/** Looks at the store again and again, one look at a time. */
export class RepeatedLook {
  private timer: NodeJS.Timeout | null = null
  private looking: Promise<void> = Promise.resolve()
  private isUnread = false
  /** Looks that failed. */
  failures = 0

  constructor(
    private readonly read: () => Promise<void>,
    private readonly options: RepeatedLookOptions,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.options.everyMs)
    this.look()
  }

  /** Resolves when it no longer reads the store. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer)
    await this.looking
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.once())
    return this.looking
  }

  private async once(): Promise<void> {
    try {
      await this.read()
      this.isUnread = false
    } catch (error) {
      this.failures += 1
      if (!this.isUnread) this.options.onUnread(error)
      this.isUnread = true
    }
  }
}
