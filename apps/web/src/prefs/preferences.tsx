import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { Zone } from '../format/instant.ts'

export type Theme = 'system' | 'light' | 'dark'
type Preferences = { zone: Zone; theme: Theme; setZone: (zone: Zone) => void; setTheme: (theme: Theme) => void }

const Context = createContext<Preferences | null>(null)

function stored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    return allowed.find((value) => value === localStorage.getItem(key)) ?? fallback
  } catch {
    return fallback
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

/** Sets the theme before the first paint, so that a dark page never flashes white. */
export function applyTheme(theme: Theme = stored('hoptrace.theme', ['system', 'light', 'dark'], 'system')): Theme {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  return theme
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [zone, setZone] = useState<Zone>(() => stored('hoptrace.zone', ['utc', 'local'], 'utc'))
  const [theme, setTheme] = useState<Theme>(() => applyTheme())
  useEffect(() => store('hoptrace.zone', zone), [zone])
  useEffect(() => store('hoptrace.theme', applyTheme(theme)), [theme])
  const value = useMemo(() => ({ zone, theme, setZone, setTheme }), [zone, theme])
  return <Context value={value}>{children}</Context>
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context)
  if (preferences === null) throw new Error('PreferencesProvider is missing above this component')
  return preferences
}
