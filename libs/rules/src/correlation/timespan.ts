const UNITS_US = { s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6 } as const

/** `15m` in microseconds. The form has been checked. */
export function timespanUs(text: string): number {
  const unit = text.at(-1)
  const factor = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNITS_US[unit] : 0
  return Number(text.slice(0, -1)) * factor
}
