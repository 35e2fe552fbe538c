import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const colours = new Map(
  [...css.matchAll(/--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark },
  ]),
)

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = ['paper', 'surface', 'sunk', 'hover', 'accent-soft']
const TEXTS = ['ink', 'ink-2', 'ink-3', 'accent', 'good', 'warn', 'bad']
const pairs = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
  ...['postgres', 'ssh', 'kubernetes', 'http', 'warn', 'bad', 'good'].map((name) => [name, `${name}-soft`] as const),
  ['accent-ink', 'accent'] as const,
  ['mark-ink', 'mark'] as const,
  ['ink', 'bad-soft'] as const,
  ['ink-2', 'bad-soft'] as const,
]

describe('every pair of colours that text uses', () => {
  it.each(pairs)('%s on %s is readable in light and dark', (text, ground) => {
    for (const scheme of ['light', 'dark'] as const) {
      expect(contrast(colours.get(text)?.[scheme] ?? '', colours.get(ground)?.[scheme] ?? '')).toBeGreaterThanOrEqual(4.5)
    }
  })
})
