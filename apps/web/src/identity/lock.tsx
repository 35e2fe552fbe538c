/** A sign, never alone: words stand beside it. */
export function Lock() {
  return (
    <svg viewBox="0 0 12 14" width="11" height="13" aria-hidden="true" className="lock">
      <path d="M3 6V4a3 3 0 0 1 6 0v2" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <rect x="1.5" y="6" width="9" height="7" rx="1" fill="currentColor" />
    </svg>
  )
}
