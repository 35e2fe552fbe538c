import type { EvidenceClass } from '@hoptrace/api'

/** The classes of evidence in the reader's words. */
export const evidenceNames: Record<EvidenceClass, string> = {
  'credential-flow': 'credential flow',
  delegation: 'delegation',
  'target-flow': 'target flow',
  origin: 'origin',
  'pivot-command': 'pivot command',
  'trace-id': 'trace id',
  'same-root': 'same root principal',
  timing: 'timing',
}

/** What each class means, in one sentence. */
export const evidenceMeanings: Record<EvidenceClass, string> = {
  'credential-flow': 'A secret that stood in an answer was later presented.',
  delegation: "The run was minted by the other's run token.",
  'target-flow': 'A host or address that stood in an answer was later reached.',
  origin: "The other session's target was the source of this one.",
  'pivot-command': 'A command named the way there.',
  'trace-id': 'Both carry one run or trace id.',
  'same-root': 'Both act on behalf of the same principal.',
  timing: 'One lies within the time of the other.',
}

export const evidenceLetters: Record<EvidenceClass, string> = {
  'credential-flow': 'C',
  delegation: 'D',
  'target-flow': 'T',
  origin: 'O',
  'pivot-command': 'P',
  'trace-id': 'I',
  'same-root': 'R',
  timing: '~',
}
