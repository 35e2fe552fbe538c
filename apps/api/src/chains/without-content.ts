import type { AccessNode, EvidenceClass, Hop } from '../contract/index.ts'

/** What each class of evidence says when no value may be named. */
const sentences: Record<EvidenceClass, (from: string, to: string) => string> = {
  'credential-flow': (from, to) => `${to} used a secret seen in ${from}`,
  delegation: (from, to) => `${to} was reached by a run that was started in ${from}`,
  'target-flow': (from, to) => `${to} is named by a value seen in ${from}`,
  origin: (from, to) => `${to} was reached from the address of ${from}`,
  'pivot-command': (from, to) => `a command in ${from} names ${to}`,
  'trace-id': (from, to) => `${to} carries a trace id of ${from}`,
  'same-root': (from, to) => `${from} and ${to} are on behalf of the same`,
  timing: (from, to) => `${to} lies within ${from}`,
}

/** The hop with its evidence, but without the values that flowed: they are content. */
export function withoutContent(hop: Hop, nodes: readonly AccessNode[]): Hop {
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.target || 'another access'
  const [from, to] = [nameOf(hop.from), nameOf(hop.to)]
  const evidence = hop.evidence.map((item) => ({
    ...item,
    observable: item.observable && { ...item.observable, value: null },
    sentence: sentences[item.class](from, to),
  }))
  return { ...hop, evidence }
}
