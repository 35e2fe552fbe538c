/**
 * Does what is asked for one key in turn. The store tells two writers apart by what each reads back; within one process nobody is told
 * of a win that another then takes away.
 */
export class InTurn {
  private readonly last = new Map<string, Promise<unknown>>()

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve()
    const done = before.then(work, work)
    this.last.set(key, done)
    try {
      return await done
    } finally {
      if (this.last.get(key) === done) this.last.delete(key)
    }
  }
}
