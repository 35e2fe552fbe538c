import { formatClock, formatDate, formatInstant, millisOf, toInstant, zoneSuffix } from '../format/instant.ts'
import { usePreferences } from '../prefs/preferences.tsx'

/** A moment to the millisecond, in the zone that the reader chose. `clock` leaves the date out (it stays in the title). */
export function Instant({ at, form = 'full' }: { at: string | number; form?: 'full' | 'clock' }) {
  const { zone } = usePreferences()
  const ms = typeof at === 'number' ? at : millisOf(at)
  if (!Number.isFinite(ms)) return <span className="faint">unknown time</span>
  return (
    <time dateTime={toInstant(ms)} title={`${formatInstant(ms, 'utc')} · ${formatInstant(ms, 'local')} local`} className="instant nowrap">
      {form === 'full' && <span className="faint">{formatDate(ms, zone)} </span>}
      {formatClock(ms, zone)}
      <span className="faint">{zoneSuffix(ms, zone)}</span>
    </time>
  )
}
