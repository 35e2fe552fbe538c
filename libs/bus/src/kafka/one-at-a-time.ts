/**
 * Runs works one after another, in the order of the calls. When one fails, those that waited behind it fail with it:
 * what stood behind a failure must not overtake what is about to be tried again.
 */
export class OneAtATime {
  private tail: Promise<void> = Promise.resolve()

  run(work: () => Promise<void>): Promise<void> {
    const before = this.tail
    const done = before.then(work)
    this.tail = done
    // Once the line has ended, the next call begins a new one.
    done.then(noop, () => {
      if (this.tail === done) this.tail = Promise.resolve()
    })
    return done
  }

  /** Resolves when nothing runs or waits any more, however it went. */
  async settled(): Promise<void> {
    await this.tail.catch(noop)
  }
}

function noop(): void {}
