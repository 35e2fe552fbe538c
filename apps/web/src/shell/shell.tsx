import { Link, Outlet } from '@tanstack/react-router'
import { KeysHelp } from './keys-help.tsx'
import { RecordingLamp } from './recording-lamp.tsx'
import { ThemeToggle, ZoneToggle } from './toggles.tsx'

const PLACES = [
  ['/', 'Triage'],
  ['/sessions', 'Sessions'],
  ['/chains', 'Chains'],
  ['/runs', 'Runs'],
  ['/search', 'Search'],
  ['/access-log', 'Access log'],
  ['/health', 'Health'],
] as const

/** What stands around every page. */
export function Shell() {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="bar">
        <Link to="/" className="brand" aria-label="Hoptrace, triage">
          <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
            <path d="M2 13h6V4h7v5h6" fill="none" stroke="currentColor" strokeWidth="1.75" />
            <circle cx="2.6" cy="13" r="2.1" className="brand-start" />
            <circle cx="21.4" cy="9" r="2.1" className="brand-end" />
          </svg>
          <span>hoptrace</span>
        </Link>
        <nav aria-label="Main" className="places">
          {PLACES.map(([to, name]) => (
            <Link
              key={to}
              to={to}
              className="place"
              activeOptions={{ exact: to === '/', includeSearch: false }}
              activeProps={{ 'aria-current': 'page' }}
            >
              {name}
            </Link>
          ))}
        </nav>
        <div className="bar-tools">
          <RecordingLamp />
          <ZoneToggle />
          <ThemeToggle />
          <KeysHelp />
        </div>
      </header>
      <Outlet />
    </>
  )
}
