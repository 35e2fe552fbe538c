/** How long nobody is told: never for ever. */
export const expiries = [
  { days: 1, name: '1 day' },
  { days: 7, name: '7 days' },
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
] as const

/** The moment so many days after another, as the api reads it. */
export function daysAfter(nowMs: number, days: number): string {
  return new Date(nowMs + days * 86_400_000).toISOString()
}
