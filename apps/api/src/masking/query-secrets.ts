import { isSecretKey } from './secret-names.ts'
import type { Span } from './secret-ranges.ts'

const PAIR = /([^?&=#\s]{1,256})=([^&#\s]{1,8192})/dg

/** The values of parameters whose names, decoded, say that they are secrets: of a query, or of a form. */
export function pairs(text: string): Span[] {
  return [...text.matchAll(PAIR)].flatMap(({ 1: name = '', indices }) => secretOf(name, indices?.[2]))
}

/** Only those whose names are encoded: the others are found by their names as they stand. */
export function encodedPairs(text: string): Span[] {
  if (!text.includes('%')) return []
  return [...text.matchAll(PAIR)].flatMap(({ 1: name = '', indices }) => (name.includes('%') ? secretOf(name, indices?.[2]) : []))
}

function secretOf(name: string, value: [number, number] | undefined): Span[] {
  return value && isSecretKey(decoded(name)) ? [[value[0], value[1]]] : []
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
