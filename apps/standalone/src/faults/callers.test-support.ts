import pg from 'pg'

/** Callers that ask one statement after the other, each with a text of its own, and log every answer that they received. */
export class Callers {
  readonly answered: string[] = []
  private isStopped = false
  private readonly running: Promise<void>[]

  constructor(
    private readonly at: { port: number; user: string; token: string },
    count: number,
  ) {
    this.running = Array.from({ length: count }, (_, caller) => this.run(caller))
  }

  async stop(): Promise<void> {
    this.isStopped = true
    await Promise.all(this.running)
  }

  private async run(caller: number): Promise<void> {
    for (let asked = 0; !this.isStopped; ) asked = await this.connection(caller, asked)
  }

  // One connection for as long as it lives. Answers how many statements this caller has asked by then.
  private async connection(caller: number, asked: number): Promise<number> {
    const { port, user, token } = this.at
    const client = new pg.Client({ host: '127.0.0.1', port, user, password: token, database: 'orders', connectionTimeoutMillis: 5000 })
    client.on('error', () => undefined)
    let next = asked
    try {
      await client.connect()
      while (!this.isStopped) {
        const text = `SELECT 'caller ${caller} at ${port} statement ${next}'`
        next += 1
        await client.query(text)
        this.answered.push(text)
      }
      await client.end()
    } catch {
      // The gateway died, or is not back yet.
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return next
  }
}
