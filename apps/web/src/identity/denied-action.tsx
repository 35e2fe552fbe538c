import type { Right } from '@hoptrace/api'
import { Lock } from './lock.tsx'
import { rights } from './rights.ts'

/** A control that the reader may not use, and why, instead of one that fails. */
export function DeniedAction({ label, right }: { label: string; right: Right }) {
  const reason = `needs the right ${right}; ${rights[right].heldBy}`
  return (
    <button
      type="button"
      className="button small denied"
      aria-disabled="true"
      aria-label={`${label}: ${reason}`}
      title={`${label} ${reason}`}
    >
      <Lock /> {label}
    </button>
  )
}
