const PARTS = new Set(['minute', 'hour', 'day', 'week', 'month', 'year'])

export function isDatePart(modifier: string): boolean {
  return PARTS.has(modifier)
}

/** A part of an ISO 8601 date as it is written, whatever its time zone; the week by ISO 8601. Null for what is no date. */
export function datePart(value: unknown, part: string): number | null {
  if (typeof value !== 'string') return null
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/.exec(value)
  if (!found) return null
  const [year = 0, month = 0, day = 0, hour, minute] = found.slice(1).map((digits) => (digits === undefined ? undefined : Number(digits)))
  if (part === 'year') return year
  if (part === 'month') return month
  if (part === 'day') return day
  if (part === 'week') return weekOf(year, month, day)
  return (part === 'hour' ? hour : minute) ?? null
}

// The week that holds a day's Thursday, counted in that Thursday's year.
function weekOf(year: number, month: number, day: number): number {
  const days = dayNumber(year, month, day)
  const thursday = days - ((days + 2) % 7) + 3
  let of = year
  if (thursday < dayNumber(year, 1, 1)) of -= 1
  else if (thursday >= dayNumber(year + 1, 1, 1)) of += 1
  return Math.floor((thursday - dayNumber(of, 1, 1)) / 7) + 1
}

// Days since 0000-03-01 in the Gregorian calendar; that day was a Wednesday.
export function dayNumber(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const fromMarch = (month + 9) % 12
  return (
    365 * shifted +
    Math.floor(shifted / 4) -
    Math.floor(shifted / 100) +
    Math.floor(shifted / 400) +
    Math.floor((153 * fromMarch + 2) / 5) +
    day -
    1
  )
}
