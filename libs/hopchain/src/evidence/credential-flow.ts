import type { Sighting } from '../access.ts'
import { type EvidenceClass, endAt, nothing } from './evidence.ts'
import { flowsInto, isUsedAgain } from './value-flow.ts'

/** A secret that was answered in one access and later presented, or named in a command, in another; accepted or refused. */
export const credentialFlow: EvidenceClass = {
  name: 'credential-flow',
  isWeak: false,
  find(to, world) {
    const { credentialFlow: first, laterDelegation: again } = world.policy.weights
    return [...flowsInto(to, world, isSecretUse)].map((flow) => {
      const { answer, use, callers } = flow
      return {
        class: 'credential-flow',
        score: isUsedAgain(flow, to, world) ? again : first,
        isLink: true,
        fromAccess: answer.access.id,
        from: endAt(answer.sighting),
        to: endAt(use),
        observable: { kind: use.kind, digest: use.digest, value: null },
        basis: { callers },
      }
    })
  },
  confirm: nothing,
}

// Every session presents its own run token. It was answered nowhere, so it finds no flow; and where a shell printed it
// (`env`), its caller had presented it before, so the answer told nothing new.
export function isSecretUse({ role, kind }: Sighting): boolean {
  return role === 'presented' && (kind === 'credential' || kind === 'key')
}
