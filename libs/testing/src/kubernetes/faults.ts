/** What the fake server does wrong on purpose. Change them while it runs. */
export type KubernetesFaults = {
  /** A watch is cut off, without its last chunk, once it has sent so many events. */
  watchResetAfterEvents: number | null
  /** The connection of an exec is cut off once it has sent so many bytes of output. */
  execResetAfterBytes: number | null
  /** An exec begins with a message on this channel. */
  strayChannel: number | null
  /** An exec begins with a continuation frame that continues nothing. */
  continuesNothing: boolean
  /** An exec that ends says so on channel 3 before its output. */
  statusBeforeOutput: boolean
}

export function noFaults(): KubernetesFaults {
  return { watchResetAfterEvents: null, execResetAfterBytes: null, strayChannel: null, continuesNothing: false, statusBeforeOutput: false }
}
