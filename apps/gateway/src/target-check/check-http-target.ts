import type { HttpTarget, SecretSource } from '../access/target.ts'
import { askTarget } from './ask-target.ts'
import { type TargetCheck, TIMEOUT_MS } from './target-check.ts'

/** Asks for the head of the target's root. Any answer will do but one that refuses the credential, or says that the server is broken. */
export async function checkHttpTarget(target: HttpTarget, resolveSecret: (source: SecretSource) => string): Promise<TargetCheck> {
  const asked = { method: 'HEAD', path: `${target.basePath}/`, headers: { host: target.address, ...credentialOf(target, resolveSecret) } }
  const answer = await askTarget(target, asked, TIMEOUT_MS)
  if (answer.kind === 'failed') return { ok: false, problem: answer.problem }
  const isHeld = target.credential !== 'caller' && target.credential !== 'none'
  if (isHeld && answer.status === 401) return { ok: false, problem: 'the target refuses the credential (401)' }
  // 501: of a server that knows no HEAD.
  return answer.status < 500 || answer.status === 501 ? { ok: true } : { ok: false, problem: `the target answers ${answer.status}` }
}

function credentialOf({ credential, account }: HttpTarget, resolveSecret: (source: SecretSource) => string): Record<string, string> {
  if (typeof credential === 'string') return {}
  if ('bearer' in credential) return { authorization: `Bearer ${resolveSecret(credential.bearer)}` }
  if ('header' in credential) return { [credential.header]: resolveSecret(credential.value) }
  const basic = Buffer.from(`${account}:${resolveSecret(credential.basic.password)}`).toString('base64')
  return { authorization: `Basic ${basic}` }
}
