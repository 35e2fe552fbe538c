import type { Proof, ProofContent } from '../contract/index.ts'
import { contentOf } from './event-content.ts'
import { type Masked, maskEvent } from './mask-event.ts'
import { maskUnread } from './mask-unread.ts'

/** The proof with secrets hidden in its contents. The hashes stay those of what was recorded, and so does the verdict on them. */
export function maskProof(proof: Proof): Proof {
  const masked = proof.contents.map(maskContent)
  const contents = masked.map(({ shown }) => shown)
  return { ...proof, contents, masked: masked.reduce((sum, { masked: count }) => sum + count, 0) }
}

function maskContent(recorded: ProofContent): Masked<ProofContent> {
  const { shown: event, masked } = maskEvent(recorded.event)
  if (masked > 0) return { shown: { ...recorded, event, content: contentOf(event) }, masked }
  const unread = maskUnread(recorded.content, event)
  return { shown: { ...recorded, content: unread.shown }, masked: unread.masked }
}
