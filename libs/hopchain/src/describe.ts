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
      if ('claimed' in evidence.basis) return `${later} carries the trace id of ${earlier}, whose run did not start its own`
      return `${later} belongs to a run that was started with the token of the run of ${earlier}`
    case 'origin':
      return `${later} came from ${evidence.basis.address}, the address of ${earlier}, while that was open`
    case 'timing':
      return `${later} began while ${earlier} was open`
    case 'same-root':
      return `${later} and ${earlier} act for the same root principal`
    case 'pivot-command':
      return to.kind === 'unseen' ? describeUnseen(evidence, from, to) : `${later} was named in ${commandIn(from)}`
    case 'trace-id':
      return `${later} carries the trace id of ${earlier}`
  }
}

function describeUnseen({ basis }: Evidence, from: Access, { target }: Access): string {
  const named = `${commandIn(from)} named ${printable(target)}`
  if (basis.relation === 'forward') return `${named} as the end of a tunnel, which the gateway does not see into`
  return `${named}; no access to it appeared at the gateway within ${Math.floor(Number(basis.waitedMs) / 1000)} s`
}

function commandIn(access: Access): string {
  return `${access.protocol === 'postgres' ? 'a statement' : 'a command'} in ${nameOf(access)}`
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
  if (kind === 'unseen') return `${name}, which was not seen at the gateway,`
  if (kind !== 'use') return name
  return protocol === 'http' || protocol === 'kubernetes' ? `a request to ${name}` : `a command in ${name}`
}
