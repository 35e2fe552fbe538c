import { canonicalAddress, canonicalHost, keyFingerprint, type ObservableKind, scanCell } from '@hoptrace/events'

/** What a value may be, in canonical form. */
export type Candidate = { kind: ObservableKind; canonical: string }

const MAX_CANDIDATES = 64
const TRACE = /^[0-9a-f]{32}$/
const ARN = /^arn:[a-z0-9-]+:/

/**
 * Everything that a pasted value may be: the whole of it as a credential, as it would have been presented, and all that a scan of an
 * answer would have found in it. At most 64. Pure.
 */
export function candidatesOf(value: string): Candidate[] {
  const whole = value.trim()
  const found: Candidate[] = []
  const add = (kind: ObservableKind, canonical: string | null) => canonical !== null && found.push({ kind, canonical })
  if (whole.includes('-----BEGIN ')) add('key', keyFingerprint(whole))
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(whole)) add('key', whole)
  add('credential', whole === '' ? null : whole)
  if (value !== whole) add('credential', value)
  add('address', canonicalAddress(whole))
  add('host', /[a-z]/i.test(whole) ? canonicalHost(whole) : null)
  add('arn', ARN.test(whole) ? whole : null)
  add('trace', TRACE.test(whole) ? whole : null)
  for (const { kind, canonical } of scanCell(value)) {
    if (found.length >= MAX_CANDIDATES) break
    add(kind, canonical)
  }
  const distinct = new Map(found.map((each) => [`${each.kind}\0${each.canonical}`, each]))
  return [...distinct.values()].slice(0, MAX_CANDIDATES)
}
