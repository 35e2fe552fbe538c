import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** The line at the top of every page. */
export function Bar({ places, children }: { places?: ReactNode; children: ReactNode }) {
  return (
    <header className="bar">
      <Link to="/" className="brand" aria-label="Hoptrace, triage">
        <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
          <path d="M2 13h6V4h7v5h6" fill="none" stroke="currentColor" strokeWidth="1.75" />
          <circle cx="2.6" cy="13" r="2.1" className="brand-start" />
          <circle cx="21.4" cy="9" r="2.1" className="brand-end" />
        </svg>
        <span>hoptrace</span>
      </Link>
      {places ?? <span className="places" />}
      <div className="bar-tools">{children}</div>
    </header>
  )
}
