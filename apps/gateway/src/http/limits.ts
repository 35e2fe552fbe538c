/** A body that does not come on for so long is recorded as far as it is there, and goes on. */
export const QUIET_MS = 100
/** Above this many bytes between two sockets the first is not read; below the other it is again. */
export const HIGH_BYTES = 1024 * 1024
export const LOW_BYTES = 256 * 1024
