import type { CloseReason } from '@hoptrace/api'

/** Why an alert may be closed, and what that says of it. */
export const closeReasons: Record<CloseReason, { word: string; means: string }> = {
  'true-positive': { word: 'True positive', means: 'It happened as said, and it should not have. It was dealt with.' },
  benign: { word: 'Benign', means: 'It happened as said, and it was meant to.' },
  'false-positive': { word: 'False positive', means: 'It did not happen as said.' },
  duplicate: { word: 'Duplicate', means: 'Another alert tells of the same.' },
}
export const closeReasonNames = Object.keys(closeReasons) as CloseReason[]
