const pad = (value: number) => String(value).padStart(2, '0')

/** A length of time in the unit that people read: `87 µs`, `1.2 ms`, `3.41 s`, `2 min 03 s`, `1 h 04 min`, `3 d 4 h`. */
export function formatDuration(micros: number): string {
  if (!Number.isFinite(micros) || micros < 0) return 'unknown'
  if (micros < 1000) return `${Math.round(micros)} µs`
  if (micros < 999_950) return `${trim(micros / 1000, micros < 10_000 ? 2 : 1)} ms`
  if (micros < 59_995_000) return `${trim(micros / 1e6, 2)} s`
  const seconds = Math.round(micros / 1e6)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`
}

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '')
}

/** A position in a recording: `00:07.137`, with hours when there are any: `1:02:07.137`. */
export function formatPosition(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '00:00.000'
  const whole = Math.floor(ms)
  const seconds = Math.floor(whole / 1000)
  const hours = Math.floor(seconds / 3600)
  const clock = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}.${String(whole % 1000).padStart(3, '0')}`
  return hours > 0 ? `${hours}:${clock}` : clock
}

/** How long ago or ahead, coarse: `just now`, `4 min ago`, `in 2 h`. */
export function formatAgo(ms: number, nowMs: number): string {
  const delta = nowMs - ms
  if (!Number.isFinite(delta)) return 'unknown'
  if (Math.abs(delta) < 5000) return 'just now'
  const text = coarse(Math.abs(delta))
  return delta > 0 ? `${text} ago` : `in ${text}`
}

function coarse(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} d`
}
