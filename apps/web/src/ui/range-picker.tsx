import { type FormEvent, useState } from 'react'
import { formatInstant, millisOf } from '../format/instant.ts'
import { isFrozen, type RangeSearch, type Span, spanNames, spans } from '../url/time-range.ts'

type RangePickerProps = { range: RangeSearch; shown?: { from: string; to: string } | undefined; onChange: (range: RangeSearch) => void }

/** The time that a page shows, `[from, to)`: a span that ends now, or two fixed moments in UTC. */
export function RangePicker({ range, shown, onChange }: RangePickerProps) {
  const [isCustom, setCustom] = useState(false)
  const choose = (value: string) => {
    setCustom(value === 'custom')
    if (value !== 'custom') onChange({ last: value as Span, from: undefined, to: undefined })
  }
  const value = isCustom || isFrozen(range) ? 'custom' : (range.last ?? '24h')
  return (
    <div className="range">
      <select className="input" aria-label="Time range" value={value} onChange={(event) => choose(event.target.value)}>
        {spans.map((span) => (
          <option key={span} value={span}>
            {spanNames[span]}
          </option>
        ))}
        <option value="custom">From … to …</option>
      </select>
      {value === 'custom' && <CustomRange key={`${range.from}${range.to}`} range={range} shown={shown} onChange={onChange} />}
    </div>
  )
}

const asField = (instant: string | undefined) => (instant === undefined ? '' : formatInstant(millisOf(instant), 'utc').replace('Z', ''))

function CustomRange({ range, shown, onChange }: RangePickerProps) {
  const [from, setFrom] = useState(asField(range.from ?? shown?.from))
  const [to, setTo] = useState(asField(range.to ?? shown?.to))
  const moments = [from, to].map((field) => millisOf(`${field.trim().replace(' ', 'T')}Z`))
  const [fromMs = Number.NaN, toMs = Number.NaN] = moments
  const isValid = Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (isValid) onChange({ last: undefined, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() })
  }
  return (
    <form className="range-custom" onSubmit={apply}>
      <input
        className="input recorded moment"
        aria-label="From, UTC, included"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <span aria-hidden="true">–</span>
      <input
        className="input recorded moment"
        aria-label="To, UTC, not included"
        value={to}
        onChange={(event) => setTo(event.target.value)}
      />
      <span className="faint">Z</span>
      <button type="submit" className="button small" disabled={!isValid}>
        Apply
      </button>
    </form>
  )
}
