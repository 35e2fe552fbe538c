import { type Theme, usePreferences } from '../prefs/preferences.tsx'

export function ZoneToggle() {
  const { zone, setZone } = usePreferences()
  const other = zone === 'utc' ? 'local' : 'utc'
  return (
    <button
      type="button"
      className="tool"
      aria-label={`Times in ${zone === 'utc' ? 'UTC' : 'local time'}; switch`}
      onClick={() => setZone(other)}
    >
      {zone === 'utc' ? 'UTC' : 'Local'}
    </button>
  )
}

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const GLYPH: Record<Theme, string> = { system: '◐', light: '○', dark: '●' }

export function ThemeToggle() {
  const { theme, setTheme } = usePreferences()
  return (
    <button
      type="button"
      className="tool"
      aria-label={`Theme: ${theme}; switch to ${NEXT[theme]}`}
      title={`Theme: ${theme}`}
      onClick={() => setTheme(NEXT[theme])}
    >
      <span aria-hidden="true">{GLYPH[theme]}</span>
    </button>
  )
}
