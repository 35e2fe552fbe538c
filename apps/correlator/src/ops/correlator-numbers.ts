import type { Correlator } from '../correlator.ts'
import type { StreamCorrelator } from '../stream/stream-correlator.ts'
import type { Links } from '../stream/stream-linker.ts'
import type { CorrelatorNumbers } from './correlator-ops.ts'

/** Of a correlator that follows what is stored. Nothing is late for it: it reads the store again. */
export function numbersOfStore({ state, analysedToUs }: Correlator): CorrelatorNumbers {
  const { passes, accesses, written, truncated, failures } = state
  return { passes, accesses, written, truncated, late: 0, evicted: 0, silent: 0, failures, analysedToUs, lag: [] }
}

/** Follows what a correlator of the bus writes, to tell how far it has come. */
export class StreamMeter {
  private passes = 0
  private failures = 0
  private analysedToUs: number | null = null

  /** The same links, counted. */
  metered(links: Links): Links {
    return {
      link: async (tenant, span, sessions) => {
        const written = await links.link(tenant, span, sessions)
        this.passes += 1
        return written
      },
      settle: () => links.settle(),
      lastSeqs: (tenant, sessions) => links.lastSeqs(tenant, sessions),
      reached: async (tenant, toUs) => {
        await links.reached(tenant, toUs)
        this.analysedToUs = Math.max(this.analysedToUs ?? 0, toUs)
      },
    }
  }

  /** A step failed, and is tried again. */
  failed(): void {
    this.failures += 1
  }

  numbersOf({ state, lag }: StreamCorrelator): CorrelatorNumbers {
    const { linked, written, late, evicted, unwatermarked, silent } = state.link
    const { passes, failures, analysedToUs } = this
    const both = [...lag.rekey, ...lag.link]
    return {
      passes,
      accesses: linked,
      written,
      truncated: 0,
      late,
      evicted: evicted + unwatermarked,
      silent: silent.length,
      failures,
      analysedToUs,
      lag: both,
    }
  }
}
