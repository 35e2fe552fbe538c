import { dayNumber } from '../detection/date-parts.ts'

const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/
const EPOCH = dayNumber(1970, 1, 1)

/** An instant of RFC 3339 as microseconds since the epoch; finer parts are dropped. Null for what is none. */
export function instantUs(text: string): number | null {
  const found = FORM.exec(text)
  if (!found) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((digits) => Number(digits ?? 0))
  const [fraction = '', sign = '+', offsetHours = '0', offsetMinutes = '0'] = found.slice(7, 11)
  const offset = (sign === '-' ? -60 : 60) * (60 * Number(offsetHours) + Number(offsetMinutes))
  const seconds = (dayNumber(year, month, day) - EPOCH) * 86_400 + hour * 3600 + minute * 60 + second - offset
  return seconds * 1e6 + Number(fraction.slice(1, 7).padEnd(6, '0'))
}
