const MICROS = 1_000_000n
/** The last moment that a Date can hold; recorded times are another's word. */
const MAX_SECONDS = 8_640_000_000_000n

/** Microseconds since the epoch as ISO 8601 in UTC, to the microsecond; the number itself beyond what has a date. */
export function instant(wallUs: string): string {
  const us = BigInt(wallUs)
  const seconds = us / MICROS
  if (seconds > MAX_SECONDS) return wallUs
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5)
  return `${whole}.${String(us % MICROS).padStart(6, '0')}Z`
}
