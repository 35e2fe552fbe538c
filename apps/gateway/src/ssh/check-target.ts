import type { SshTarget } from '../access/target.ts'
import { DisconnectReason } from './messages.ts'
import { connectTarget, type ResolveSecret } from './target-connection.ts'

const CHECK_TIMEOUT_MS = 10_000

export type TargetCheck = { ok: true } | { ok: false; problem: string }

/** Connects to a target as a session would, and says what is wrong. Runs nothing there. */
export async function checkSshTarget(target: SshTarget, resolveSecret: ResolveSecret): Promise<TargetCheck> {
  const connection = await connectTarget(target, resolveSecret, CHECK_TIMEOUT_MS)
  if (connection.kind === 'failed') return { ok: false, problem: connection.problem }
  connection.transport.disconnect(DisconnectReason.byApplication, 'the check is done')
  return { ok: true }
}
