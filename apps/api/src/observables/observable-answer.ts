import type { ObservableKind } from '@hoptrace/events'
import { instantUs } from '../alerts/alert-answer.ts'
import type { ObservableDetail, ObservableHolder, Sighting } from '../contract/index.ts'
import type { SightingRow } from './observables.queries.ts'

const MAX_SHOWN = 500
const MAX_HOLDERS = 200
const MAX_SESSIONS = 500

type Own = Omit<ObservableDetail, 'chains' | 'alerts' | 'sightingsTotal'>

/**
 * Who saw a value, and who used it.
 * @param rows its sightings, latest first
 * @param hasContent without it the value itself is not named
 */
export function observableOf(kind: ObservableKind, digest: string, rows: readonly SightingRow[], hasContent: boolean): Own {
  const times = rows.map(({ tsUs }) => tsUs)
  const value = rows.find((row) => row.value !== null)?.value ?? null
  return {
    kind,
    digest,
    value: hasContent ? value : null,
    firstAt: instantUs(times.at(-1) ?? 0),
    lastAt: instantUs(times[0] ?? 0),
    saw: holdersOf(rows.filter((row) => !isUse(row))),
    used: holdersOf(rows.filter(isUse)),
    sightings: rows.slice(0, MAX_SHOWN).map(sightingOf),
    // A stream that is nobody's is no session: what stands there has no target of its own.
    sessions: [
      ...new Set(rows.filter(({ type, target }) => target !== null && type !== 'access.decided').map((row) => row.sessionId)),
    ].slice(0, MAX_SESSIONS),
  }
}

/** It was offered as a credential, or somebody went there; or said that they would. */
function isUse({ role, type }: SightingRow): boolean {
  return role === 'presented' || role === 'target' || role === 'named' || (type === 'access.decided' && role === 'asked')
}

function sightingOf(row: SightingRow): Sighting {
  const { sessionId, seq, field, role, type, target, protocol, account, principal, rootPrincipal, run, isAccepted } = row
  const at = { sessionId, seq, ms: row.elapsedUs / 1000 }
  const where = { target, protocol, account }
  return { at, field, seenAt: instantUs(row.tsUs), role, type, ...where, principal, rootPrincipal, run, isAccepted }
}

function holdersOf(rows: readonly SightingRow[]): ObservableHolder[] {
  const holders = new Map<string, ObservableHolder>()
  for (const { principal, rootPrincipal, target, tsUs, isAccepted } of rows) {
    const key = JSON.stringify([principal, rootPrincipal, target])
    const at = instantUs(tsUs)
    const known = holders.get(key) ?? {
      ...{ principal, rootPrincipal, target, sightings: 0, firstAt: at, lastAt: at, accepted: 0, refused: 0 },
    }
    holders.set(key, {
      ...known,
      sightings: known.sightings + 1,
      // Rows come latest first.
      firstAt: at,
      accepted: known.accepted + (isAccepted === true ? 1 : 0),
      refused: known.refused + (isAccepted === false ? 1 : 0),
    })
  }
  return [...holders.values()].slice(0, MAX_HOLDERS)
}
