/** PostgreSQL counts dates from 2000-01-01. */
const EPOCH_DAYS = 10_957n
const DAY_US = 86_400_000_000n
const INT64_MAX = 9_223_372_036_854_775_807n
const INT64_MIN = -9_223_372_036_854_775_808n

/** A `timestamp` (microseconds since 2000-01-01) in ISO style. `zone` is appended: `+00` for `timestamptz`, which travels in UTC. */
export function timestampText(sinceEpochUs: bigint, zone: string): string {
  if (sinceEpochUs === INT64_MAX) return 'infinity'
  if (sinceEpochUs === INT64_MIN) return '-infinity'
  const day = floorDivide(sinceEpochUs, DAY_US)
  const { date, era } = civilDate(day + EPOCH_DAYS)
  return `${date} ${timeText(sinceEpochUs - day * DAY_US)}${zone}${era}`
}

/** A `date` (days since 2000-01-01) in ISO style. */
export function dateText(sinceEpochDays: number): string {
  if (sinceEpochDays === 2_147_483_647) return 'infinity'
  if (sinceEpochDays === -2_147_483_648) return '-infinity'
  const { date, era } = civilDate(BigInt(sinceEpochDays) + EPOCH_DAYS)
  return `${date}${era}`
}

/** Microseconds of a day as `hh:mm:ss.ffffff`, trailing zeros left out. */
export function timeText(us: bigint): string {
  const seconds = us / 1_000_000n
  const fraction = us % 1_000_000n
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0')).join(':')
  return fraction === 0n ? clock : `${clock}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

// Days since 1970-01-01 to the proleptic Gregorian calendar: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
function civilDate(days: bigint): { date: string; era: string } {
  const shifted = days + 719_468n
  const cycle = floorDivide(shifted, 146_097n)
  const dayOfCycle = shifted - cycle * 146_097n
  const yearOfCycle = (dayOfCycle - dayOfCycle / 1460n + dayOfCycle / 36_524n - dayOfCycle / 146_096n) / 365n
  const dayOfYear = dayOfCycle - (365n * yearOfCycle + yearOfCycle / 4n - yearOfCycle / 100n)
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n
  const year = yearOfCycle + cycle * 400n + (month <= 2n ? 1n : 0n)
  const shown = year > 0n ? year : 1n - year
  const two = (part: bigint): string => String(part).padStart(2, '0')
  return { date: `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}`, era: year > 0n ? '' : ' BC' }
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n)
}
