import { Link, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

const PLACES = [
  ['/', 'Triage'],
  ['/alerts', 'Alerts'],
  ['/sessions', 'Sessions'],
  ['/chains', 'Chains'],
  ['/runs', 'Runs'],
  ['/search', 'Search'],
  ['/observables', 'Values'],
  ['/rules', 'Rules'],
  ['/exports', 'Exports'],
  ['/access-log', 'Access log'],
  ['/health', 'Health'],
] as const

/** The workbench's pages. What a page needs a right for, the page itself says. */
export function Places() {
  const nav = useRef<HTMLElement>(null)
  useLocation({ select: ({ pathname }) => pathname })
  // On a narrow screen the line scrolls, and where one is must be in view.
  useEffect(() => {
    nav.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  return (
    <nav ref={nav} aria-label="Main" className="places">
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
  )
}
