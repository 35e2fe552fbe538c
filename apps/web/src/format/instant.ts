export type Zone = 'utc' | 'local'

/** Milliseconds since the epoch of an RFC 3339 moment; finer digits are cut. NaN for what is no moment. */
export function millisOf(instant: string): number {
  return Date.parse(instant)
}

/** The RFC 3339 form that the api reads, to the millisecond. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString()
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

function parts(ms: number, zone: Zone) {
  const at = new Date(ms)
  return zone === 'utc'
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()]
}

/** `2026-11-20`. */
export function formatDate(ms: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return 'unknown date'
  const [year = 0, month = 0, day = 0] = parts(ms, zone)
  return `${year}-${pad(month + 1)}-${pad(day)}`
}

/** `10:31:04.137`, to the millisecond. */
export function formatClock(ms: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return 'unknown time'
  const [, , , hour = 0, minute = 0, second = 0] = parts(ms, zone)
  return `${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(((ms % 1000) + 1000) % 1000, 3)}`
}

/** `Z`, or the local offset at that instant: `+02:00`. */
export function zoneSuffix(ms: number, zone: Zone): string {
  if (zone === 'utc') return 'Z'
  const minutes = -new Date(ms).getTimezoneOffset()
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`
}

/** `2026-11-20 10:31:04.137Z`. */
export function formatInstant(ms: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return 'unknown time'
  return `${formatDate(ms, zone)} ${formatClock(ms, zone)}${zoneSuffix(ms, zone)}`
}
