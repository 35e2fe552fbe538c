import { type ObservableKind, printable } from '@hoptrace/events'
import type { Access } from './access.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { Hop } from './hop.ts'

const KIND_WORDS: Record<ObservableKind, string> = {
  host: 'host name',
  address: 'address',
  credential: 'credential',
  key: 'key',
  url: 'URL',
  arn: 'resource name',
  pod: 'pod',
  trace: 'trace id',
}

/** One sentence on what the recordings show. It says what was seen where; it never says that one access caused the other. */
export function describeHop(hop: Hop, from: Access, to: Access): string {
  const [strongest] = hop.evidence
  return strongest ? describeEvidence(strongest, from, to) : ''
}

export function describeEvidence(evidence: Evidence, from: Access, to: Access): string {
  const [earlier, later] = [nameOf(from), nameOf(to)]
  switch (evidence.class) {
    case 'credential-flow':
    case 'target-flow':
      return `${later} used ${wordsFor(evidence)} seen in ${earlier}`
    case 'delegation':
      return `${later} belongs to a run that was started with the token of the run of ${earlier}`
    case 'origin':
      return `${later} came from ${evidence.basis.address}, the address of ${earlier}, while that was open`
    case 'timing':
      return `${later} began while ${earlier} was open`
    case 'same-root':
      return `${later} and ${earlier} act for the same root principal`
    case 'pivot-command':
      return `${later} was named in a command of ${earlier}`
    case 'trace-id':
      return `${later} carries the trace id of ${earlier}`
  }
}

function wordsFor({ observable }: Evidence): string {
  if (!observable) return 'a value'
  const word = KIND_WORDS[observable.kind]
  if (observable.value !== null) return `the ${word} ${printable(observable.value)}`
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}

function nameOf({ kind, protocol, target }: Access): string {
  const name = [protocol, printable(target)].filter(Boolean).join(' ') || 'an unknown target'
  if (kind === 'refused') return `a refused attempt at ${name}`
  if (kind !== 'use') return name
  return protocol === 'http' || protocol === 'kubernetes' ? `a request to ${name}` : `a command in ${name}`
}
