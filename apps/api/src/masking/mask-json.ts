import { maskText } from './mask-text.ts'

/** What is told as JSON, with each of its strings as `maskText` has it. Keys are ours, and stay. */
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]))
}
