import { answers, ProcessUnderFault } from '../process-under-fault.test-support.ts'

/** A process that reads the bus, watched by its probes and metrics. */
export class ConsumerUnderFault extends ProcessUnderFault {
  private readonly ops: string

  /** @param port where it is watched */
  constructor(main: string, env: NodeJS.ProcessEnv, port: number) {
    const ops = `http://127.0.0.1:${port}`
    super({ main, env: { ...env, HOPTRACE_OPS_LISTEN: `127.0.0.1:${port}` }, isReady: () => answers(`${ops}/readyz`) })
    this.ops = ops
  }

  /** Of how many partitions of the events it tells that it reads them. */
  async partitionsRead(): Promise<number> {
    const response = await fetch(`${this.ops}/metrics`).catch(() => null)
    const text = (await response?.text()) ?? ''
    return [...text.matchAll(/^hoptrace_ingest_lag_messages\{/gm)].length
  }
}
